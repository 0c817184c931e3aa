//! The form as a page: labelled, in one language, readable in light and dark, printed as it is seen.

use std::fmt;

use axum::http::{HeaderMap, header};
use html_escape::encode_quoted_attribute as quoted;
use html_escape::encode_text as escaped;
use pulldown_cmark::{Event, Options, Parser, html};
use zelo_app::Bundle;
use zelo_model::{Purpose, Timestamp};

use super::Wrong;

/// The languages it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// Brazilian Portuguese.
    Pt,
    /// English.
    En,
}

impl Tongue {
    /// The one that was asked for, by name or by the browser.
    pub(crate) fn wanted(name: Option<&str>, headers: &HeaderMap) -> Self {
        let header = || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wanted = name.or_else(header).unwrap_or_default().to_lowercase();
        let first =
            wanted.split(',').map(str::trim).find(|one| one.starts_with("pt") || one.starts_with("en"));
        if first.is_some_and(|one| one.starts_with("en")) { Self::En } else { Self::Pt }
    }

    /// Its tag.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Pt => "pt-BR",
            Self::En => "en",
        }
    }

    /// One of two texts.
    pub(crate) const fn say(self, pt: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Pt => pt,
            Self::En => en,
        }
    }
}

/// A text in force, and what it asks.
pub(crate) struct Asked<'p> {
    pub(crate) tongue: Tongue,
    text: &'p str,
    sha256: [u8; 32],
    purposes: Vec<(&'p Purpose, &'p str)>,
}

impl<'p> Asked<'p> {
    /// The newest version of a notice that is in force; `None` when this controller asks with none of that name.
    pub(crate) fn of(
        policy: &'p Bundle,
        (controller, notice): (&str, &str),
        now: Timestamp,
        tongue: Tongue,
    ) -> Option<Self> {
        let notice = policy.notices().iter().find(|one| one.id == notice)?;
        let version = notice.in_force(now).filter(|version| version.is_of(controller))?;
        let text = version.texts.get(tongue.tag())?;
        let label = |key: &'p Purpose| {
            let label = &policy.purpose(key)?.label;
            Some((key, if tongue == Tongue::Pt { label.pt_br.as_str() } else { label.en.as_str() }))
        };
        let purposes = version.purposes.iter().filter_map(label).collect();
        Some(Self { tongue, text: &text.text, sha256: text.sha256, purposes })
    }

    /// SHA-256 of the text as it is read, in hexadecimal.
    pub(crate) fn hash(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.sha256)
    }

    /// Whether it asks about this purpose.
    pub(crate) fn asks(&self, purpose: &Purpose) -> bool {
        self.purposes.iter().any(|(key, _)| *key == purpose)
    }
}

/// The page at one moment.
pub(crate) struct Page<'p> {
    asked: &'p Asked<'p>,
    ticket: String,
    email: String,
    answers: Vec<(String, bool)>,
    wrong: Option<Wrong>,
    done: bool,
    waits: bool,
}

impl<'p> Page<'p> {
    /// Before anything is answered.
    pub(crate) fn new(asked: &'p Asked<'p>, ticket: &str) -> Self {
        let ticket = ticket.to_owned();
        Self {
            asked,
            ticket,
            email: String::new(),
            answers: Vec::new(),
            wrong: None,
            done: false,
            waits: false,
        }
    }

    /// With what was answered.
    pub(crate) fn filled(self, email: &str, answers: &[(String, bool)]) -> Self {
        Self { email: email.to_owned(), answers: answers.to_vec(), ..self }
    }

    /// With what is wrong about it.
    pub(crate) fn wrong(self, wrong: Wrong) -> Self {
        Self { wrong: Some(wrong), ..self }
    }

    /// Once it is taken in; `waits` when a yes among the answers is still to be confirmed.
    pub(crate) fn thanks(self, waits: bool) -> Self {
        Self { done: true, waits, ..self }
    }

    fn question(&self, f: &mut fmt::Formatter<'_>, (key, label): (&Purpose, &str)) -> fmt::Result {
        let (tongue, name) = (self.asked.tongue, format!("to:{key}"));
        let said = self.answers.iter().find(|(purpose, _)| purpose == key.as_str()).map(|(_, yes)| *yes);
        writeln!(f, "<fieldset>\n<legend>{}</legend>", escaped(label))?;
        for (value, text, is) in [
            ("yes", tongue.say("Sim, aceito", "Yes, I agree"), Some(true)),
            ("no", tongue.say("Não, ou não mais", "No, or not any more"), Some(false)),
        ] {
            let checked = if said == is { " checked" } else { "" };
            writeln!(
                f,
                "<label><input type=\"radio\" name=\"{name}\" value=\"{value}\"{checked}> {text}</label>",
                name = quoted(&name)
            )?;
        }
        writeln!(f, "</fieldset>")
    }

    fn form(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tongue = self.asked.tongue;
        if let Some(wrong) = self.wrong {
            let text = match wrong {
                Wrong::Email => tongue.say(
                    "Escreva um endereço de e-mail, como ana@example.com.",
                    "Write an e-mail address, such as ana@example.com.",
                ),
                Wrong::Unanswered => {
                    tongue.say("Responda a pelo menos uma pergunta.", "Answer at least one question.")
                }
                Wrong::Changed => tongue.say(
                    "O texto mudou enquanto você lia. Leia-o de novo, por favor.",
                    "The text has changed while you read it. Please read it again.",
                ),
            };
            writeln!(f, "<p id=\"wrong\" class=\"wrong\" role=\"alert\">{text}</p>")?;
        }
        let invalid = if self.wrong == Some(Wrong::Email) {
            " aria-invalid=\"true\" aria-describedby=\"wrong\""
        } else {
            ""
        };
        writeln!(
            f,
            "<form method=\"post\">\n<input type=\"hidden\" name=\"ticket\" value=\"{}\">\n\
             <input type=\"hidden\" name=\"notice\" value=\"{}\">\n<input type=\"hidden\" name=\"lang\" value=\"{}\">\n\
             <p><label for=\"email\">{}</label>\n<input id=\"email\" type=\"email\" name=\"email\" autocomplete=\"email\" \
             required maxlength=\"254\" value=\"{}\"{invalid}></p>",
            quoted(&self.ticket),
            self.asked.hash(),
            tongue.tag(),
            tongue.say("Seu e-mail", "Your e-mail address"),
            quoted(&self.email),
        )?;
        for purpose in &self.asked.purposes {
            self.question(f, *purpose)?;
        }
        writeln!(f, "<button>{}</button>\n</form>", tongue.say("Enviar", "Send"))
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tongue = self.asked.tongue;
        let title = tongue.say("Suas escolhas de privacidade", "Your privacy choices");
        head(f, tongue, title)?;
        if self.done {
            let text = if self.waits {
                tongue.say(
                    "Anotamos a sua resposta. Um sim vale depois de confirmado pelo seu e-mail; um não vale desde já. Para mudá-la, use este mesmo formulário.",
                    "We have written down your answer. A yes counts once it is confirmed by your e-mail; a no counts from now on. To change it, use this same form.",
                )
            } else {
                tongue.say(
                    "Anotamos a sua resposta. Vale desde já; para mudá-la, use este mesmo formulário.",
                    "We have written down your answer. It counts from now on; to change it, use this same form.",
                )
            };
            writeln!(f, "<h1>{}</h1>\n<p role=\"status\">{text}</p>", tongue.say("Obrigado", "Thank you"))?;
        } else {
            writeln!(f, "<div class=\"notice\">\n{}</div>", text(self.asked.text))?;
            self.form(f)?;
        }
        f.write_str("</main>\n</html>\n")
    }
}

/// A text that is only read.
pub(crate) fn text_alone(tongue: Tongue, markdown: &str) -> String {
    struct Alone<'t>(Tongue, &'t str);
    impl fmt::Display for Alone<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            head(f, self.0, self.0.say("Aviso de privacidade", "Privacy notice"))?;
            write!(f, "{}</main>\n</html>\n", text(self.1))
        }
    }
    Alone(tongue, markdown).to_string()
}

/// There is no such form or text.
pub(crate) fn missing(tongue: Tongue) -> String {
    struct Missing(Tongue);
    impl fmt::Display for Missing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let title = self.0.say("Não há esta página", "There is no such page");
            head(f, self.0, title)?;
            write!(f, "<h1>{title}</h1>\n</main>\n</html>\n")
        }
    }
    Missing(tongue).to_string()
}

/// What every page begins with.
pub(crate) fn head(f: &mut fmt::Formatter<'_>, tongue: Tongue, title: &str) -> fmt::Result {
    writeln!(
        f,
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>{STYLE}</style>\n<main>",
        tongue.tag()
    )
}

/// The notice as its author wrote it, in Markdown; raw HTML in it is shown and not obeyed.
pub(crate) fn text(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::empty()).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;\
    margin:2rem auto;padding:0 1rem}fieldset{margin:1rem 0;border:1px solid;border-radius:.4rem}label{display:block;\
    padding:.3rem 0}input[type=email]{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}button{font:inherit;\
    padding:.5rem 1.5rem}.wrong{border-left:.3rem solid;padding-left:.7rem;font-weight:bold}:focus-visible{outline:3px solid;\
    outline-offset:2px}";
