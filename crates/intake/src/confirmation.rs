//! The page behind a link that confirms a consent: what was said yes to, once more, and one button. It looks like the form, runs
//! no script and stores nothing. Mail programs open links to look at them, so opening confirms nothing.

use std::fmt;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use html_escape::encode_text as escaped;
use zelo_app::{App, Bundle, ConfirmConsent, Confirming, Error, ReadConfirmation};
use zelo_model::Via;

use crate::answer::Refusal;
use crate::form::page::{Tongue, head, text};
use crate::form::{Framed, html};

/// Where it is: behind [`zelo_app::CONFIRMATIONS`], what the link carries.
pub(crate) const CONFIRMATION: &str = "/v1/confirmations/{token}";

/// Shows what the link would confirm.
pub(crate) async fn show(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // What is no text is no token either.
    let token = token.map_or_else(|_| String::new(), |Path(token)| token);
    let asked = match app.holder(&token).await {
        Ok(holder) => app.run(&holder, ReadConfirmation { token }).await,
        Err(error) => Err(error),
    };
    answered(&app, asked, &headers, false).await
}

/// Confirms it.
pub(crate) async fn confirm(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // What is no text is no token either.
    let token = token.map_or_else(|_| String::new(), |Path(token)| token);
    let confirmed = match app.holder(&token).await {
        Ok(holder) => app.run(&holder, ConfirmConsent { token }).await,
        Err(error) => Err(error),
    };
    answered(&app, confirmed, &headers, true).await
}

async fn answered(
    app: &App,
    outcome: Result<Confirming, Error>,
    headers: &HeaderMap,
    pressed: bool,
) -> Response {
    let policy = app.policy();
    let page = match &outcome {
        Ok(confirming) => Page::of(&policy, confirming, pressed),
        // Whoever may not, and whoever has nothing to confirm, are told the same.
        Err(Error::NotFound | Error::Erased | Error::Forbidden) => None,
        Err(Error::Unauthenticated) => {
            app.refuse_stranger(CONFIRMATION, Via::Http).await;
            None
        }
        Err(_) => return outcome.map_or_else(|error| Refusal::from(error).into(), |_| gone(headers)),
    };
    match page {
        Some(page) => html(StatusCode::OK, Framed::ByNobody, page.to_string()),
        None => gone(headers),
    }
}

fn gone(headers: &HeaderMap) -> Response {
    let tongue = Tongue::wanted(None, headers);
    html(StatusCode::NOT_FOUND, Framed::ByNobody, Gone(tongue).to_string())
}

/// What a link is about, in the language of the text that was said yes to.
struct Page<'p> {
    tongue: Tongue,
    text: &'p str,
    purpose: &'p str,
    stage: Stage,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It waits for the button.
    Waits,
    /// It was confirmed just now, and counts.
    Confirmed,
    /// It was confirmed just now, and somebody else's no stands against it.
    Outweighed,
    /// It was confirmed before.
    Already,
}

impl<'p> Page<'p> {
    fn of(policy: &'p Bundle, confirming: &Confirming, pressed: bool) -> Option<Self> {
        let (_, version, tag) = policy.notice_of_hash(&confirming.notice)?;
        let tongue = Tongue::wanted(Some(tag), &HeaderMap::new());
        let label = &policy.purpose(&confirming.purpose.parse().ok()?)?.label;
        let stage = match (confirming.already, pressed, confirming.counts) {
            (true, ..) => Stage::Already,
            (false, false, _) => Stage::Waits,
            (false, true, true) => Stage::Confirmed,
            (false, true, false) => Stage::Outweighed,
        };
        let purpose = if tongue == Tongue::Pt { &label.pt_br } else { &label.en };
        Some(Self { tongue, text: &version.texts.get(tag)?.text, purpose, stage })
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tongue, stage, .. } = self;
        let title = tongue.say("Confirme a sua escolha", "Confirm your choice");
        head(f, *tongue, title)?;
        let (heading, said) = match stage {
            Stage::Waits => {
                let asks = tongue.say(
                    "Com este endereço se disse sim a isto. Para que valha, confirme. Se não foi você, não faça nada: sem confirmação, não vale.",
                    "With this address somebody said yes to this. For it to count, confirm it. If it was not you, do nothing: without being confirmed it does not count.",
                );
                let button = tongue.say("Sim, confirmo", "Yes, I confirm");
                writeln!(f, "<h1>{title}</h1>\n<p><strong>{}</strong></p>", escaped(self.purpose))?;
                // The page has its own heading; that of the text stands below it.
                let notice = text(self.text).replace("<h1>", "<h2>").replace("</h1>", "</h2>");
                writeln!(f, "<div class=\"notice\">\n{notice}</div>\n<p>{asks}</p>")?;
                writeln!(f, "<form method=\"post\">\n<button>{button}</button>\n</form>")?;
                return f.write_str("</main>\n</html>\n");
            }
            Stage::Confirmed => (
                tongue.say("Confirmado", "Confirmed"),
                tongue.say(
                    "Anotamos que foi você quem disse sim. Você pode mudar de ideia quando quiser, no formulário em que respondeu ou falando conosco.",
                    "We have written down that it was you who said yes. You can change your mind whenever you like, in the form you answered or by talking to us.",
                ),
            ),
            Stage::Outweighed => (
                tongue.say("Anotamos a sua confirmação", "We have written down your confirmation"),
                tongue.say(
                    "Mas ainda vale um não que nos foi dito de outra forma. Para retirá-lo, fale conosco.",
                    "But a no that was said to us in another way still counts. To take it back, talk to us.",
                ),
            ),
            Stage::Already => (
                tongue.say("Já está confirmado", "It is confirmed already"),
                tongue.say(
                    "Não é preciso fazer mais nada.",
                    "There is nothing more to do.",
                ),
            ),
        };
        writeln!(f, "<h1>{heading}</h1>\n<p><strong>{}</strong></p>", escaped(self.purpose))?;
        write!(f, "<p role=\"status\">{said}</p>\n</main>\n</html>\n")
    }
}

/// The link confirms nothing, and whyever that is, the page is the same.
struct Gone(Tongue);

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.0.say("Este link não confirma nada", "This link confirms nothing");
        head(f, self.0, title)?;
        let todo = self.0.say(
            "Talvez o prazo tenha passado, o texto tenha mudado, a resposta tenha sido outra desde então, ou o link não tenha chegado inteiro. Se você ainda quer dizer sim, responda de novo onde perguntamos, e enviaremos outro link. Se já tinha confirmado, não é preciso fazer nada.",
            "Its time may be over, the text may have changed, the answer may have been another one since, or the link may not have arrived whole. If you still want to say yes, answer again where we asked, and we will send another link. If you had confirmed before, there is nothing to do.",
        );
        write!(f, "<h1>{title}</h1>\n<p role=\"status\">{todo}</p>\n</main>\n</html>\n")
    }
}
