//! Layers, and the sentences for what is wrong in them. `figment::Jail` gives each test its own folder and
//! environment.

use expect_test::expect_file;
use figment::Jail;

use super::*;

#[expect(clippy::result_large_err, reason = "the jail's own signature")]
fn jailed(test: impl FnOnce(&mut Jail)) {
    Jail::expect_with(|jail| {
        jail.clear_env();
        test(jail);
        Ok(())
    });
}

fn refused(flags: &Flags) -> String {
    load(flags).unwrap_err().to_string()
}

#[test]
fn the_schema_is_current() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(Config)).unwrap();
    expect_file!["../../../../schema/json/config.schema.json"].assert_eq(&(schema + "\n"));
}

#[test]
fn without_a_file_everything_has_its_default() {
    jailed(|_| {
        assert_eq!(load(&Flags::default()), Ok(Config::default()));
    });
}

#[test]
fn the_environment_overrides_the_file_and_flags_override_both() {
    jailed(|jail| {
        jail.create_file("zelo.toml", "[server]\nlisten = \"127.0.0.1:1\"\n[data]\ndir = \"one\"\n").unwrap();
        jail.set_env("ZELO_SERVER__LISTEN", "127.0.0.1:2");
        jail.set_env("ZELO_DATA__DIR", "two");
        jail.set_env("ZELO_PYTHON", "python3.12");
        let flags = Flags { listen: Some(([127, 0, 0, 1], 3).into()), ..Flags::default() };
        let config = load(&flags).unwrap();
        assert_eq!((config.server.listen.port(), config.data.dir), (3, "two".into()));
    });
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_its_likeliest_meaning() {
    jailed(|jail| {
        jail.create_file("my.toml", "listen = \"127.0.0.1:1\"\n[server]\nlisen = \"127.0.0.1:1\"\n").unwrap();
        jail.set_env("ZELO_LOG__COLOUR", "always");
        let flags = Flags { config: Some("my.toml".into()), ..Flags::default() };
        let at = jail.directory().join("my.toml");
        let at = if refused(&flags).contains(&*at.to_string_lossy()) { at } else { "my.toml".into() };
        assert_eq!(
            refused(&flags),
            format!(
                "unknown key `listen` in {at} (did you mean `server.listen`?); \
                 unknown key `log.colour` in the environment variable ZELO_LOG__COLOUR; \
                 unknown key `server.lisen` in {at} (did you mean `server.listen`?)",
                at = at.display()
            )
        );
    });
}

#[test]
fn a_wrong_value_is_named_and_never_repeated() {
    jailed(|jail| {
        jail.set_env("ZELO_SERVER__LISTEN", "secret-place");
        let said = refused(&Flags::default());
        assert!(
            said.starts_with("`server.listen` in the environment variable ZELO_SERVER__LISTEN cannot"),
            "{said}"
        );
        assert!(!said.contains("secret-place"), "{said}");
        jail.clear_env();
        jail.set_env("ZELO_AUDIT__READS", "never");
        let said = refused(&Flags::default());
        assert!(said.ends_with("cannot be used: it is one of fsync, process"), "{said}");
    });
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_said_in_one_line() {
    jailed(|jail| {
        jail.create_file("zelo.toml", "[server\nlisten").unwrap();
        let said = refused(&Flags::default());
        assert!(said.contains("zelo.toml cannot be read as TOML") && !said.contains('\n'), "{said}");
        let flags = Flags { config: Some("absent.toml".into()), ..Flags::default() };
        assert_eq!(refused(&flags), "there is no configuration file absent.toml");
    });
}

#[test]
fn keys_never_share_a_database_with_the_data() {
    jailed(|jail| {
        jail.set_env("ZELO_DATA__URL", "postgres://a:x@localhost:5432/zelo?sslmode=disable");
        assert!(refused(&Flags::default()).starts_with("PostgreSQL needs both"));
        jail.set_env("ZELO_DATA__KEYS_URL", "postgresql://b:y@LOCALHOST/zelo");
        assert!(refused(&Flags::default()).contains("name the same database"));
        jail.set_env("ZELO_DATA__KEYS_URL", "postgresql://b:y@localhost/zelo_keys");
        let config = load(&Flags::default()).unwrap();
        assert!(!format!("{config:?}").contains(":x@"));
    });
}

#[test]
fn the_anchor_stands_beside_the_data_and_never_in_them() {
    let mut config = Config::default();
    assert_eq!(config.anchor(), std::path::Path::new("zelo-anchor.log"));
    config.data.dir = "/srv/shop".into();
    assert_eq!(config.anchor(), std::path::Path::new("/srv/shop-anchor.log"));
}

#[test]
fn production_keeps_its_root_key_outside_the_data() {
    jailed(|jail| {
        let flags = Flags { profile: Some(Profile::Production), ..Flags::default() };
        assert!(refused(&flags).starts_with("the production profile needs `root.dir`"));
        jail.set_env("ZELO_ROOT__DIR", "keys");
        assert!(refused(&flags).starts_with("the production profile needs `audit.anchor`"));
        jail.set_env("ZELO_AUDIT__ANCHOR", "zelo-data/anchor.log");
        assert!(refused(&flags).starts_with("the production profile refuses an anchor inside"));
        jail.set_env("ZELO_AUDIT__ANCHOR", "elsewhere/anchor.log");
        jail.create_dir("zelo-data").unwrap();
        jail.set_env("ZELO_ROOT__DIR", "elsewhere/../zelo-data/../zelo-data/root");
        assert!(refused(&flags).starts_with("the production profile refuses a root key inside"));
        jail.set_env("ZELO_ROOT__DIR", "keys");
        assert!(load(&flags).is_ok());
    });
}

#[test]
fn production_says_nothing_in_the_clear_beyond_this_machine() {
    jailed(|jail| {
        jail.set_env("ZELO_ROOT__DIR", "keys");
        jail.set_env("ZELO_AUDIT__ANCHOR", "elsewhere/anchor.log");
        jail.set_env("ZELO_SERVER__LISTEN", "0.0.0.0:7460");
        let flags = Flags { profile: Some(Profile::Production), ..Flags::default() };
        assert!(refused(&flags).starts_with("the production profile refuses to listen beyond this machine"));
        jail.set_env("ZELO_SERVER__LISTEN", "[::1]:7460");
        assert!(load(&flags).is_ok());
        jail.set_env("ZELO_SERVER__LISTEN", "0.0.0.0:7460");
        jail.set_env("ZELO_SERVER__BEHIND_PROXY", "true");
        assert!(load(&flags).is_ok());
    });
}
