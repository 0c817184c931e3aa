//! Offers to customers who could say no and did not: they rest on a sale, and in Ireland on a sale of the last twelve months.

use std::path::{Path, PathBuf};

use zelo_app::{
    App, Bundle, CreateCredential, CreateSource, CreateTenant, Error, GetProfile, IntakeBatch, Lookup,
    RecordConsent, Result, Said as How, WantedConsents, WantedEvents, WantedStates, Wants,
};
use zelo_model::ConsentKind::{Deny, SoftOptIn};
use zelo_model::{Actor, EventId, IdentifierKind, ProfileId, Role, Standing, Timestamp, Via};
use zelo_tests::{ANA, BRUNO, Person, TestApp, on_both_databases};

on_both_databases! {
    a_customer_is_one_by_a_sale_of_their_own,
    an_irish_sale_counts_for_twelve_months,
    who_said_no_after_the_sale_is_no_customer_to_write_to,
    a_customer_who_lives_in_ireland_is_asked_by_irish_law,
}

const DAY: i64 = 86_400;

/// The shipped policies with an e-mail newsletter on soft opt-in, and a controller at home in `home`.
fn at_home_in(home: &str) -> Bundle {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(std::result::Result::unwrap) {
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../policies"), folder.path());
    let change = |file: &str, from: &str, to: &str| {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    change("purposes/marketing-email.yaml", "eu: consent", "eu: soft_opt_in");
    change("controller.yaml", "home: eu", &format!("home: {home}"));
    Bundle::load(folder.path()).unwrap()
}

/// A shop in that country, with its write key and staff for the newsletter.
struct Shop {
    app: App,
    key: Actor,
    clara: Actor,
    rita: Actor,
}

impl Shop {
    async fn in_country(test: &TestApp, home: &str) -> Self {
        let app = Box::pin(test.place.start_under(&test.clock, at_home_in(home))).await.unwrap();
        let installation = app.operator(None, Via::Cli).await.unwrap();
        let (slug, controller) = ("loja".to_owned(), "exemplo-lda".to_owned());
        app.run(&installation, CreateTenant { slug, controller, sample: false }).await.unwrap();
        let operator = app.operator(Some("loja"), Via::Cli).await.unwrap();
        let source = CreateSource {
            slug: "web".to_owned(),
            priority: 1,
            jurisdiction: Some(home.to_owned()),
            collects_for: vec!["customer-service".parse().unwrap()],
            space: None,
        };
        app.run(&operator, source).await.unwrap();
        let key = async |name: &str, role, purpose: &str, source: Option<&str>| {
            let (purposes, source) = (vec![purpose.parse().unwrap()], source.map(str::to_owned));
            let create = CreateCredential { name: name.to_owned(), role, purposes, source };
            let secret = app.run(&operator, create).await.unwrap().secret;
            app.authenticate(&secret).await.unwrap().actor(None, Via::Intake).unwrap()
        };
        let shop = key("web", Role::Source, "customer-service", Some("web")).await;
        let clara = key("clara", Role::Officer, "customer-service", None).await;
        let rita = key("rita", Role::Agent, "marketing-email", None).await;
        Self { app, key: shop, clara, rita }
    }

    /// Somebody is known, and buys or looks at something; the event is theirs.
    async fn does(&self, person: &Person, event: &str, at: Timestamp) -> (ProfileId, EventId) {
        let said = [person.identifies().with("country", "PT"), person.does(event).at(Some(at))];
        self.send(said).await;
        let view = self.seen(&self.clara, person).await;
        (view.id, view.events.unwrap().shown().unwrap().events[0].id)
    }

    async fn send(&self, said: impl IntoIterator<Item = zelo_tests::Said>) {
        let items = said.into_iter().map(|said| said.incoming()).collect();
        let batch = zelo_app::Batch { items, ..zelo_app::Batch::default() };
        self.app.run(&self.key, IntakeBatch { batch }).await.unwrap();
    }

    async fn seen(&self, who: &Actor, person: &Person) -> zelo_app::ProfileView {
        let lookup =
            Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: person.email.to_owned() };
        let wants = Wants {
            identifiers: true,
            events: Some(WantedEvents { first: 1, after: None, bodies: false }),
            consents: Some(WantedStates::default()),
            consent_events: Some(WantedConsents { first: 10, after: None, evidence: true }),
            ..Wants::default()
        };
        self.app.run(who, GetProfile { lookup, wants }).await.unwrap()
    }

    async fn says(&self, profile: ProfileId, kind: zelo_model::ConsentKind, said: How) -> Result<Standing> {
        let purpose = Some("marketing-email".parse().unwrap());
        let record = RecordConsent { profile, purpose, recipient: None, kind, said };
        Ok(self.app.run(&self.clara, record).await?.state.standing)
    }
}

fn at_the_till(sale: Option<EventId>) -> How {
    let note = Some("private-note: a box to tick beside the address".to_owned());
    How { channel: "till".to_owned(), sale, note, ..How::default() }
}

fn wrong(outcome: &Result<Standing>, at: &str, what: &str) -> bool {
    let Err(Error::Invalid(all)) = outcome else { return false };
    all.iter().any(|problem| problem.at == at && problem.message.contains(what))
}

async fn a_customer_is_one_by_a_sale_of_their_own(app: &TestApp) {
    let shop = Shop::in_country(app, "eu").await;
    let now = shop.app.now();
    let (ana, sale) = shop.does(&ANA, "Order Completed", now.plus(-3_600 * Timestamp::SECOND)).await;
    let (_, looked) = shop.does(&ANA, "Product Viewed", now.plus(-Timestamp::SECOND)).await;
    let (bruno, his) = shop.does(&BRUNO, "Pedido concluído", now.plus(-Timestamp::SECOND)).await;
    let none = shop.says(ana, SoftOptIn, at_the_till(None)).await;
    assert!(wrong(&none, "sale", "name the event"), "{none:?}");
    let others = shop.says(ana, SoftOptIn, at_the_till(Some(his))).await;
    assert!(wrong(&others, "sale", "no event of this id"), "{others:?}");
    let nobody = shop.says(ana, SoftOptIn, at_the_till(Some(EventId([9; 16])))).await;
    assert!(wrong(&nobody, "sale", "no event of this id"), "{nobody:?}");
    let no_sale = shop.says(ana, SoftOptIn, at_the_till(Some(looked))).await;
    assert!(wrong(&no_sale, "sale", "Order Completed, Pedido concluído"), "{no_sale:?}");
    let silent = shop.says(ana, SoftOptIn, How { note: None, ..at_the_till(Some(sale)) }).await;
    assert!(wrong(&silent, "note", "how the person could say no"), "{silent:?}");
    let dated = shop.says(ana, SoftOptIn, How { at: Some(now), ..at_the_till(Some(sale)) }).await;
    assert!(wrong(&dated, "at", "in the sale"), "{dated:?}");
    let beside = shop.says(ana, Deny, at_the_till(Some(sale))).await;
    assert!(wrong(&beside, "sale", "only a soft opt-in"), "{beside:?}");
    let (_, soon) = shop.does(&ANA, "Order Completed", now.plus(120 * Timestamp::SECOND)).await;
    let early = shop.says(ana, SoftOptIn, at_the_till(Some(soon))).await;
    assert!(wrong(&early, "sale", "not happened yet"), "{early:?}");

    assert!(shop.seen(&shop.rita, &ANA).await.closed.is_some());
    assert_eq!(shop.says(ana, SoftOptIn, at_the_till(Some(sale))).await.unwrap(), Standing::SoftOptIn);
    let view = shop.seen(&shop.clara, &ANA).await;
    let said = view.consent_events.unwrap();
    let evidence = said.shown().unwrap().events[0].evidence.clone().unwrap();
    assert_eq!(evidence.sale, Some(sale.to_string()));
    assert_eq!(shop.seen(&shop.rita, &ANA).await.closed, None, "she may be written to");
    assert_eq!(shop.says(bruno, SoftOptIn, at_the_till(Some(his))).await.unwrap(), Standing::SoftOptIn);
    // Where the controller is at home in Brazil no sale is enough.
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let brazilian = app.by_email(ANA.email).await.unwrap();
    let purpose = Some("marketing-email".parse().unwrap());
    let sold = brazilian.events.unwrap().shown().unwrap().events[0].id;
    let (profile, kind, said) = (brazilian.id, SoftOptIn, at_the_till(Some(sold)));
    let record = RecordConsent { profile, purpose, recipient: None, kind, said };
    let home = app.app.run(&app.officer().await, record).await.map(|view| view.state.standing);
    assert!(wrong(&home, "purpose", "no sale is a basis"), "{home:?}");
}

async fn an_irish_sale_counts_for_twelve_months(app: &TestApp) {
    let shop = Shop::in_country(app, "ie").await;
    let (ana, sale) = shop.does(&ANA, "Order Completed", shop.app.now().plus(-Timestamp::DAY)).await;
    assert_eq!(shop.says(ana, SoftOptIn, at_the_till(Some(sale))).await.unwrap(), Standing::SoftOptIn);
    let standing = async || {
        let consents = shop.seen(&shop.clara, &ANA).await.consents.unwrap();
        consents.shown().unwrap()[0].state
    };
    app.clock.pass(363 * DAY);
    assert_eq!(standing().await.standing, Standing::SoftOptIn);
    assert_eq!(shop.seen(&shop.rita, &ANA).await.closed, None);
    app.clock.pass(DAY);
    let over = standing().await;
    assert_eq!(over.standing, Standing::Expired, "the sale was twelve months ago");
    assert_eq!(over.since.map(|at| at.to_string()), Some("2027-01-30T12:00:00.000000Z".to_owned()));
    assert!(shop.seen(&shop.rita, &ANA).await.closed.is_some());
    let late = shop.says(ana, SoftOptIn, at_the_till(Some(sale))).await;
    assert!(wrong(&late, "sale", "this sale was on 2026-01-30"), "{late:?}");
    assert!(wrong(&late, "sale", "for 12 months, until 2027-01-30"), "{late:?}");
    let (_, again) = shop.does(&ANA, "Order Completed", shop.app.now().plus(-Timestamp::SECOND)).await;
    assert_eq!(shop.says(ana, SoftOptIn, at_the_till(Some(again))).await.unwrap(), Standing::SoftOptIn);
}

async fn who_said_no_after_the_sale_is_no_customer_to_write_to(app: &TestApp) {
    let shop = Shop::in_country(app, "eu").await;
    let (ana, sale) = shop.does(&ANA, "Order Completed", shop.app.now().plus(-Timestamp::DAY)).await;
    let by_mail = How { channel: "letter".to_owned(), ..How::default() };
    shop.says(ana, Deny, by_mail).await.unwrap();
    app.clock.pass(60);
    assert_eq!(shop.says(ana, SoftOptIn, at_the_till(Some(sale))).await.unwrap(), Standing::Denied);
}

async fn a_customer_who_lives_in_ireland_is_asked_by_irish_law(app: &TestApp) {
    let shop = Shop::in_country(app, "eu").await;
    let (ana, sale) = shop.does(&ANA, "Order Completed", shop.app.now().plus(-Timestamp::DAY)).await;
    let (bruno, his) = shop.does(&BRUNO, "Order Completed", shop.app.now().plus(-Timestamp::DAY)).await;
    shop.send([BRUNO.identifies().with("country", "IE").at(Some(shop.app.now()))]).await;
    for (who, sale) in [(ana, sale), (bruno, his)] {
        assert_eq!(shop.says(who, SoftOptIn, at_the_till(Some(sale))).await.unwrap(), Standing::SoftOptIn);
    }
    assert_eq!(shop.seen(&shop.rita, &BRUNO).await.closed, None);
    app.clock.pass(366 * DAY);
    assert_eq!(shop.seen(&shop.rita, &ANA).await.closed, None, "Portugal names no time");
    assert!(shop.seen(&shop.rita, &BRUNO).await.closed.is_some(), "Ireland does");
}
