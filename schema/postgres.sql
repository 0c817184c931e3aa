-- the data database

create sequence surrogate;

create table audit_head (
  tenant bigint not null,
  epoch bigint not null,
  size bigint not null,
  note text not null,
  at bigint not null,
  primary key (tenant, epoch)
);

create table audit_leaf (
  tenant bigint not null,
  epoch bigint not null,
  seq bigint not null,
  entry bytea not null,
  at bigint not null,
  leaf text not null,
  handles bytea not null,
  primary key (tenant, epoch, seq),
  unique (entry)
);

create table audit_tile (
  tenant bigint not null,
  epoch bigint not null,
  level smallint not null,
  tile bigint not null,
  hashes bytea not null,
  primary key (tenant, epoch, level, tile)
);

create table cannot_link (
  tenant bigint not null,
  low bigint not null,
  high bigint not null,
  at bigint not null,
  line bytea not null,
  primary key (tenant, low, high)
);

create table consent_event (
  tenant bigint not null,
  owner bigint not null,
  id bytea not null,
  purpose text not null,
  recipient text not null,
  kind smallint not null,
  at bigint not null,
  recorded bigint not null,
  verified bigint,
  notice bytea,
  seal_version bigint not null,
  evidence bytea not null,
  guardian smallint not null default 0,
  primary key (tenant, owner, id)
);

create table credential (
  tenant bigint not null,
  id16 bytea not null,
  name text not null,
  role text not null,
  purposes text not null,
  source bigint,
  secret_hash bytea not null,
  created bigint not null,
  revoked bigint,
  primary key (tenant, id16),
  unique (secret_hash)
);

create table customer_group (
  tenant bigint not null,
  id16 bytea not null,
  source bigint not null,
  created bigint not null,
  seal_version bigint not null,
  body bytea not null,
  primary key (tenant, id16)
);

create table erasure (
  tenant bigint not null,
  n bigint not null,
  profile bigint not null,
  state smallint not null,
  ground text not null,
  begun_at bigint not null,
  effective_at bigint,
  done_at bigint,
  begin_entry bytea not null,
  done_entry bytea,
  primary key (tenant, n)
);

create table erasure_ack (
  tenant bigint not null,
  n bigint not null,
  node bytea not null,
  primary key (tenant, n, node)
);

create table erasure_owner (
  tenant bigint not null,
  n bigint not null,
  id bigint not null,
  id16 bytea not null,
  kind smallint not null,
  primary key (tenant, n, id)
);

create table event (
  tenant bigint not null,
  owner bigint not null,
  id bytea not null,
  source bigint not null,
  kind smallint not null,
  name text,
  occurred bigint not null,
  received bigint not null,
  body bytea not null,
  primary key (tenant, owner, id)
);

create table event_count (
  tenant bigint not null,
  day bigint not null,
  name text not null,
  n bigint not null,
  primary key (tenant, day, name)
);

create table expiring (
  tenant bigint not null,
  record bigint not null,
  owner16 bytea not null,
  profile bigint not null,
  since bigint not null,
  primary key (tenant, record)
);

create table export_job (
  tenant bigint not null,
  id16 bytea not null,
  purpose text not null,
  policy text not null,
  actor text not null,
  events smallint not null,
  state smallint not null,
  begun bigint not null,
  moved bigint not null,
  ended bigint,
  until bigint not null,
  pages bigint not null,
  profile bigint not null,
  event bytea,
  profiles bigint not null,
  lines bigint not null,
  digest bytea not null,
  before_profile bigint not null,
  before_event bytea,
  before_profiles bigint not null,
  before_lines bigint not null,
  before_digest bytea not null,
  primary key (tenant, id16)
);

create table handle_index (
  tenant bigint not null,
  handle bytea not null,
  epoch bigint not null,
  seq bigint not null,
  primary key (tenant, handle, epoch, seq)
);

create table identifier (
  tenant bigint not null,
  epoch integer not null,
  kind smallint not null,
  digest bytea not null,
  id bigint not null,
  primary key (tenant, epoch, digest)
);

create table identifier_link (
  tenant bigint not null,
  identifier bigint not null,
  record bigint not null,
  source bigint not null,
  kind smallint not null,
  is_local_key smallint not null,
  demoted smallint not null,
  first_seen bigint not null,
  last_seen bigint not null,
  verified_at bigint,
  primary key (tenant, identifier, record)
);

create table membership (
  tenant bigint not null,
  record bigint not null,
  since bigint not null,
  profile bigint not null,
  until bigint,
  cause text not null,
  primary key (tenant, record, since)
);

create table merge_journal (
  tenant bigint not null,
  id16 bytea not null,
  at bigint not null,
  kind text not null,
  cause text not null,
  kept bigint not null,
  others text not null,
  members text not null,
  evidence text not null,
  actor text,
  answers bytea,
  primary key (tenant, id16)
);

create table message_seen (
  tenant bigint not null,
  mid16 bytea not null,
  day bigint not null,
  primary key (tenant, mid16)
);

create table node (
  id16 bytea not null,
  lease bigint not null,
  primary key (id16)
);

create table pending_read_leaf (
  id bigint not null generated always as identity,
  tenant bigint not null,
  entry bytea not null,
  leaf text not null,
  handles bytea not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (id)
);

create table pending_write_leaf (
  id bigint not null generated always as identity,
  tenant bigint not null,
  entry bytea not null,
  leaf text not null,
  handles bytea not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (id)
);

create table policy_bundle (
  digest text not null,
  at bigint not null,
  files text not null,
  primary key (digest)
);

create table policy_change (
  id16 bytea not null,
  base text not null,
  digest text not null,
  edits text not null,
  why text not null,
  state smallint not null,
  proposed bigint not null,
  proposed_by text not null,
  decided bigint,
  decided_by text,
  n bigint,
  origin text,
  superseded bigint,
  primary key (id16)
);

create table profile (
  tenant bigint not null,
  id bigint not null,
  id16 bytea not null,
  state smallint not null,
  merged_into bigint,
  created bigint not null,
  last_seen bigint not null,
  handle bytea,
  primary key (tenant, id)
);

create table quarantine (
  tenant bigint not null,
  id bigint not null,
  id16 bytea not null,
  source bigint not null,
  reason text not null,
  at bigint not null,
  expires bigint not null,
  body bytea not null,
  event text,
  detail text,
  seal_version bigint not null default 1,
  mid16 bytea,
  primary key (tenant, id)
);

create table quarantine_link (
  tenant bigint not null,
  quarantine bigint not null,
  identifier bigint not null,
  primary key (tenant, quarantine, identifier)
);

create table record (
  tenant bigint not null,
  id bigint not null,
  id16 bytea not null,
  source bigint not null,
  kind smallint not null,
  created bigint not null,
  last_seen bigint not null,
  seal_version bigint not null,
  body bytea not null,
  primary key (tenant, id)
);

create table retained_row (
  tenant bigint not null,
  owner bigint not null,
  id16 bytea not null,
  body bytea not null,
  primary key (tenant, owner, id16)
);

create table retained_set (
  tenant bigint not null,
  id bigint not null,
  id16 bytea not null,
  n bigint not null,
  policy text not null,
  ground text not null,
  law text not null,
  until bigint not null,
  primary key (tenant, id)
);

create table rotation (
  tenant bigint not null,
  id16 bytea not null,
  what smallint not null,
  version integer not null,
  phase smallint not null,
  position bytea not null,
  done bigint not null,
  total bigint not null,
  steps bigint not null,
  begun bigint not null,
  moved bigint not null,
  ended bigint,
  primary key (tenant, id16)
);

create table sequencer (
  stream text not null,
  position bigint not null,
  primary key (stream)
);

create table source (
  tenant bigint not null,
  id bigint not null,
  id16 bytea not null,
  slug text not null,
  kind text not null,
  space text not null,
  priority integer not null,
  jurisdiction text,
  collects_for text not null,
  created bigint not null,
  primary key (tenant, id),
  unique (tenant, slug)
);

create table suppression (
  tenant bigint not null,
  digest bytea not null,
  kind smallint not null,
  n bigint not null,
  day bigint not null,
  reason text not null,
  primary key (tenant, digest)
);

create table tenant (
  id bigint not null,
  id16 bytea not null,
  slug text not null,
  controller text not null,
  sample smallint not null,
  state smallint not null,
  made bigint not null,
  created bigint not null,
  index_epoch integer not null default 1,
  index_next integer,
  generation integer not null default 1,
  primary key (id),
  unique (id16),
  unique (slug)
);

CREATE INDEX cannot_link_high ON cannot_link USING btree (tenant, high);

CREATE INDEX consent_event_notice ON consent_event USING btree (tenant, notice, owner, kind);

CREATE INDEX consent_event_restrict ON consent_event USING btree (tenant, owner) WHERE (kind = 5);

CREATE INDEX erasure_open ON erasure USING btree (tenant, n) WHERE (state < 3);

CREATE UNIQUE INDEX erasure_profile ON erasure USING btree (tenant, profile);

CREATE INDEX event_due ON event USING btree (tenant, name, occurred);

CREATE UNIQUE INDEX identifier_id ON identifier USING btree (tenant, id, epoch);

CREATE UNIQUE INDEX identifier_link_local ON identifier_link USING btree (tenant, source, identifier) WHERE (is_local_key = 1);

CREATE INDEX identifier_link_record ON identifier_link USING btree (tenant, record);

CREATE UNIQUE INDEX membership_open ON membership USING btree (tenant, record) WHERE (until IS NULL);

CREATE INDEX membership_profile ON membership USING btree (tenant, profile);

CREATE UNIQUE INDEX merge_journal_answers ON merge_journal USING btree (tenant, answers) WHERE (answers IS NOT NULL);

CREATE INDEX merge_journal_kept ON merge_journal USING btree (tenant, kept);

CREATE INDEX merge_journal_kind ON merge_journal USING btree (tenant, kind, id16);

CREATE INDEX message_seen_day ON message_seen USING btree (tenant, day);

CREATE UNIQUE INDEX policy_change_n ON policy_change USING btree (n);

CREATE INDEX profile_alias ON profile USING btree (tenant, merged_into) WHERE (merged_into IS NOT NULL);

CREATE UNIQUE INDEX profile_id16 ON profile USING btree (tenant, id16);

CREATE INDEX profile_merged_into ON profile USING btree (tenant, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX quarantine_at ON quarantine USING btree (tenant, at, id16);

CREATE INDEX quarantine_expires ON quarantine USING btree (expires);

CREATE UNIQUE INDEX quarantine_id16 ON quarantine USING btree (tenant, id16);

CREATE INDEX quarantine_link_identifier ON quarantine_link USING btree (tenant, identifier);

CREATE UNIQUE INDEX quarantine_mid16 ON quarantine USING btree (tenant, mid16) WHERE (mid16 IS NOT NULL);

CREATE INDEX record_anonymous_seen ON record USING btree (tenant, last_seen) WHERE (kind = 1);

CREATE UNIQUE INDEX record_id16 ON record USING btree (tenant, id16);

CREATE INDEX retained_set_erasure ON retained_set USING btree (tenant, n);

CREATE UNIQUE INDEX rotation_open ON rotation USING btree (tenant) WHERE (ended IS NULL);

CREATE INDEX suppression_erasure ON suppression USING btree (tenant, n);

CREATE OR REPLACE FUNCTION public.audit_leaf_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception 'entries of the log are never changed or deleted'; end $function$;

CREATE TRIGGER audit_leaf_stays BEFORE DELETE OR UPDATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_stays();

-- the key database

create table development_root (
  epoch integer not null,
  primary key (epoch)
);

create table kek (
  tenant bytea not null,
  version integer not null,
  root_epoch integer not null,
  wrapped bytea not null,
  commitment bytea not null,
  primary key (tenant, version)
);

create table last_erasure (
  tenant bytea not null,
  n bigint not null,
  primary key (tenant)
);

create table owner_key (
  tenant bytea not null,
  owner bytea not null,
  kek_version integer not null,
  wrapped bytea not null,
  commitment bytea not null,
  generation integer not null default 1,
  next_generation integer,
  next_kek_version integer,
  next_wrapped bytea,
  next_commitment bytea,
  primary key (tenant, owner)
);

create table root_epoch (
  epoch integer not null,
  created bigint not null,
  canary bytea not null,
  destroyed bigint,
  primary key (epoch)
);

create table tenant_key (
  tenant bytea not null,
  purpose smallint not null,
  epoch integer not null,
  kek_version integer not null,
  wrapped bytea not null,
  commitment bytea not null,
  primary key (tenant, purpose, epoch)
);

create table tombstone (
  tenant bytea not null,
  owner bytea not null,
  n bigint not null,
  primary key (tenant, owner)
);
