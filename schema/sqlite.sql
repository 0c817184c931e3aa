-- zelo.db

CREATE TABLE audit_head (
  tenant bigint not null,
  epoch bigint not null,
  size bigint not null,
  note text not null,
  at bigint not null,
  primary key (tenant, epoch)
);

CREATE TABLE audit_leaf (
  tenant bigint not null,
  epoch bigint not null,
  seq bigint not null,
  entry blob not null,
  at bigint not null,
  leaf text not null,
  handles blob not null,
  primary key (tenant, epoch, seq),
  unique (entry)
);

CREATE TRIGGER audit_leaf_delete before delete on audit_leaf
     begin select raise(abort, 'entries of the log are never deleted'); end;

CREATE TRIGGER audit_leaf_update before update on audit_leaf
     begin select raise(abort, 'entries of the log are never changed'); end;

CREATE TABLE audit_tile (
  tenant bigint not null,
  epoch bigint not null,
  level smallint not null,
  tile bigint not null,
  hashes blob not null,
  primary key (tenant, epoch, level, tile)
);

CREATE TABLE cannot_link (
  tenant bigint not null,
  low bigint not null,
  high bigint not null,
  at bigint not null,
  line blob not null,
  primary key (tenant, low, high)
) without rowid;

CREATE INDEX cannot_link_high on cannot_link (tenant, high);

CREATE TABLE consent_event (
  tenant bigint not null,
  owner bigint not null,
  id blob not null,
  purpose text not null,
  recipient text not null,
  kind smallint not null,
  at bigint not null,
  recorded bigint not null,
  verified bigint,
  notice blob,
  seal_version bigint not null,
  evidence blob not null, guardian smallint not null default 0,
  primary key (tenant, owner, id)
);

CREATE INDEX consent_event_notice on consent_event (tenant, notice, owner, kind);

CREATE INDEX consent_event_restrict on consent_event (tenant, owner) where kind = 5;

CREATE TABLE credential (
  tenant bigint not null,
  id16 blob not null,
  name text not null,
  role text not null,
  purposes text not null,
  source bigint,
  secret_hash blob not null unique,
  created bigint not null,
  revoked bigint,
  primary key (tenant, id16)
);

CREATE TABLE customer_group (
  tenant bigint not null,
  id16 blob not null,
  source bigint not null,
  created bigint not null,
  seal_version bigint not null,
  body blob not null,
  primary key (tenant, id16)
);

CREATE TABLE erasure (
  tenant bigint not null,
  n bigint not null,
  profile bigint not null,
  state smallint not null,
  ground text not null,
  begun_at bigint not null,
  effective_at bigint,
  done_at bigint,
  begin_entry blob not null,
  done_entry blob,
  primary key (tenant, n)
);

CREATE INDEX erasure_open on erasure (tenant, n) where state < 3;

CREATE UNIQUE INDEX erasure_profile on erasure (tenant, profile);

CREATE TABLE erasure_owner (
  tenant bigint not null,
  n bigint not null,
  id bigint not null,
  id16 blob not null,
  kind smallint not null,
  primary key (tenant, n, id)
) without rowid;

CREATE TABLE event (
  tenant bigint not null,
  owner bigint not null,
  id blob not null,
  source bigint not null,
  kind smallint not null,
  name text,
  occurred bigint not null,
  received bigint not null,
  body blob not null,
  primary key (tenant, owner, id)
);

CREATE INDEX event_due on event (tenant, name, occurred);

CREATE TABLE event_count (
  tenant bigint not null,
  day bigint not null,
  name text not null,
  n bigint not null,
  primary key (tenant, day, name)
) without rowid;

CREATE TABLE expiring (
  tenant bigint not null,
  record bigint not null,
  owner16 blob not null,
  profile bigint not null,
  since bigint not null,
  primary key (tenant, record)
) without rowid;

CREATE TABLE export_job (
  tenant bigint not null,
  id16 blob not null,
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
  event blob,
  profiles bigint not null,
  lines bigint not null,
  digest blob not null,
  before_profile bigint not null,
  before_event blob,
  before_profiles bigint not null,
  before_lines bigint not null,
  before_digest blob not null,
  primary key (tenant, id16)
);

CREATE TABLE handle_index (
  tenant bigint not null,
  handle blob not null,
  epoch bigint not null,
  seq bigint not null,
  primary key (tenant, handle, epoch, seq)
) without rowid;

CREATE TABLE identifier (
  tenant bigint not null,
  epoch integer not null,
  kind smallint not null,
  digest blob not null,
  id bigint not null,
  primary key (tenant, epoch, digest)
) without rowid;

CREATE UNIQUE INDEX identifier_id on identifier (tenant, id, epoch);

CREATE TABLE identifier_link (
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
) without rowid;

CREATE UNIQUE INDEX identifier_link_local on identifier_link (tenant, source, identifier) where is_local_key = 1;

CREATE INDEX identifier_link_record on identifier_link (tenant, record);

CREATE TABLE membership (
  tenant bigint not null,
  record bigint not null,
  since bigint not null,
  profile bigint not null,
  until bigint,
  cause text not null,
  primary key (tenant, record, since)
) without rowid;

CREATE UNIQUE INDEX membership_open on membership (tenant, record) where until is null;

CREATE INDEX membership_profile on membership (tenant, profile);

CREATE TABLE merge_journal (
  tenant bigint not null,
  id16 blob not null,
  at bigint not null,
  kind text not null,
  cause text not null,
  kept bigint not null,
  others text not null,
  members text not null,
  evidence text not null, actor text, answers blob,
  primary key (tenant, id16)
);

CREATE UNIQUE INDEX merge_journal_answers on merge_journal (tenant, answers) where answers is not null;

CREATE INDEX merge_journal_kept on merge_journal (tenant, kept);

CREATE INDEX merge_journal_kind on merge_journal (tenant, kind, id16);

CREATE TABLE message_seen (
  tenant bigint not null,
  mid16 blob not null,
  day bigint not null,
  primary key (tenant, mid16)
) without rowid;

CREATE INDEX message_seen_day on message_seen (tenant, day);

CREATE TABLE pending_write_leaf (
  id integer primary key autoincrement,
  tenant bigint not null,
  entry blob not null,
  leaf text not null,
  handles blob not null
);

CREATE TABLE policy_bundle (
  digest text not null primary key,
  at bigint not null,
  files text not null
);

CREATE TABLE policy_change (
  id16 blob not null primary key,
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
  superseded bigint
);

CREATE UNIQUE INDEX policy_change_n on policy_change (n);

CREATE TABLE profile (
  tenant bigint not null,
  id bigint not null,
  id16 blob not null,
  state smallint not null,
  merged_into bigint,
  created bigint not null,
  last_seen bigint not null,
  handle blob,
  primary key (tenant, id)
);

CREATE INDEX profile_alias on profile (tenant, merged_into) where merged_into is not null;

CREATE UNIQUE INDEX profile_id16 on profile (tenant, id16);

CREATE INDEX profile_merged_into on profile (tenant, merged_into) where merged_into is not null;

CREATE TABLE quarantine (
  tenant bigint not null,
  id bigint not null,
  id16 blob not null,
  source bigint not null,
  reason text not null,
  at bigint not null,
  expires bigint not null,
  body blob not null, event text, detail text, seal_version bigint not null default 1, mid16 blob,
  primary key (tenant, id)
);

CREATE INDEX quarantine_at on quarantine (tenant, at, id16);

CREATE INDEX quarantine_expires on quarantine (expires);

CREATE UNIQUE INDEX quarantine_id16 on quarantine (tenant, id16);

CREATE UNIQUE INDEX quarantine_mid16 on quarantine (tenant, mid16) where mid16 is not null;

CREATE TABLE quarantine_link (
  tenant bigint not null,
  quarantine bigint not null,
  identifier bigint not null,
  primary key (tenant, quarantine, identifier)
) without rowid;

CREATE INDEX quarantine_link_identifier on quarantine_link (tenant, identifier);

CREATE TABLE record (
  tenant bigint not null,
  id bigint not null,
  id16 blob not null,
  source bigint not null,
  kind smallint not null,
  created bigint not null,
  last_seen bigint not null,
  seal_version bigint not null,
  body blob not null,
  primary key (tenant, id)
);

CREATE INDEX record_anonymous_seen on record (tenant, last_seen) where kind = 1;

CREATE UNIQUE INDEX record_id16 on record (tenant, id16);

CREATE TABLE retained_row (
  tenant bigint not null,
  owner bigint not null,
  id16 blob not null,
  body blob not null,
  primary key (tenant, owner, id16)
);

CREATE TABLE retained_set (
  tenant bigint not null,
  id bigint not null,
  id16 blob not null,
  n bigint not null,
  policy text not null,
  ground text not null,
  law text not null,
  until bigint not null,
  primary key (tenant, id)
);

CREATE INDEX retained_set_erasure on retained_set (tenant, n);

CREATE TABLE rotation (
  tenant bigint not null,
  id16 blob not null,
  what smallint not null,
  version integer not null,
  phase smallint not null,
  position blob not null,
  done bigint not null,
  total bigint not null,
  steps bigint not null,
  begun bigint not null,
  moved bigint not null,
  ended bigint,
  primary key (tenant, id16)
);

CREATE UNIQUE INDEX rotation_open on rotation (tenant) where ended is null;

CREATE TABLE sequencer (stream text not null primary key, position bigint not null);

CREATE TABLE source (
  tenant bigint not null,
  id bigint not null,
  id16 blob not null,
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

CREATE TABLE suppression (
  tenant bigint not null,
  digest blob not null,
  kind smallint not null,
  n bigint not null,
  day bigint not null,
  reason text not null,
  primary key (tenant, digest)
) without rowid;

CREATE INDEX suppression_erasure on suppression (tenant, n);

CREATE TABLE surrogate (name text not null primary key, last bigint not null);

CREATE TABLE tenant (
  id bigint not null primary key,
  id16 blob not null unique,
  slug text not null unique,
  controller text not null,
  sample smallint not null,
  state smallint not null,
  made bigint not null,
  created bigint not null
    , index_epoch integer not null default 1, index_next integer, generation integer not null default 1);

-- zelo-keys.db

CREATE TABLE development_root (epoch integer not null primary key);

CREATE TABLE kek (
  tenant blob not null,
  version integer not null,
  root_epoch integer not null,
  wrapped blob not null,
  commitment blob not null,
  primary key (tenant, version)
);

CREATE TABLE last_erasure (
  tenant blob not null primary key,
  n bigint not null
);

CREATE TABLE owner_key (
  tenant blob not null,
  owner blob not null,
  kek_version integer not null,
  wrapped blob not null,
  commitment blob not null, generation integer not null default 1, next_generation integer, next_kek_version integer, next_wrapped blob, next_commitment blob,
  primary key (tenant, owner)
) without rowid;

CREATE TABLE root_epoch (
  epoch integer not null primary key,
  created bigint not null,
  canary blob not null
    , destroyed bigint);

CREATE TABLE tenant_key (
  tenant blob not null,
  purpose smallint not null,
  epoch integer not null,
  kek_version integer not null,
  wrapped blob not null,
  commitment blob not null,
  primary key (tenant, purpose, epoch)
);

CREATE TABLE tombstone (
  tenant blob not null,
  owner blob not null,
  n bigint not null,
  primary key (tenant, owner)
) without rowid;

-- zelo-audit.db

CREATE TABLE pending_read_leaf (
  id integer primary key autoincrement,
  tenant bigint not null,
  entry blob not null,
  leaf text not null,
  handles blob not null
);
