//! In Brazilian Portuguese.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Weekday};

use super::{Draft, listed};
use crate::clock::{ClockSource, Off, Period, Starts, Step, Unit};

pub(super) fn say(step: &Step, draft: &mut Draft) {
    match step {
        Step::Began { starts, at, place } => {
            let began = match starts {
                Starts::Receipt => "Recebido",
                Starts::Awareness => "Conhecido",
                Starts::Event => "Iniciado",
            };
            let (on, time) = (on(at.date()), time(*at, draft.minutes));
            draft.opening = format!("{began} {on}{time}, {}", place.pt_br);
        }
        Step::Lasts { period, source, reference, small_agent, start_day_counts } => {
            let by = match source {
                ClockSource::Statute => format!("conforme {reference}"),
                ClockSource::HousePolicy => format!("por regra da casa ({reference} não fixa prazo)"),
            };
            draft.at_once = period.amount == 0;
            if draft.at_once {
                draft.period = format!("vence de imediato {by}");
                return;
            }
            let whose = if *small_agent { " para agente de pequeno porte" } else { "" };
            draft.period = format!("{}{whose} {by}", length(*period));
            draft.plural = period.amount != 1;
            if *start_day_counts {
                draft.clauses.push("contado o primeiro dia".to_owned());
            }
        }
        Step::Extended { by } => draft.clauses.push(format!("com prorrogação de {}", length(*by))),
        Step::Suspended { amount, unit } => {
            let stood = count(*amount, *unit);
            draft.clauses.push(format!("com suspensão de {stood} enquanto se perguntava quem é a pessoa"));
        }
        Step::Counted { days } => {
            let named = days.iter().map(|(date, name)| format!("{} ({name})", short(*date)));
            let as_one = if days.len() == 1 { "dia útil" } else { "dias úteis" };
            let days = listed(named.collect(), "e");
            draft.clauses.push(format!("com {days} como {as_one}, por segurança"));
        }
        Step::Ends { .. } if draft.at_once => {}
        Step::Ends { at, .. } => {
            let (verb, time) = (verb(draft), time(*at, draft.minutes));
            draft.ending = format!(" {verb} {}{time}, quando vence", on(at.date()));
        }
        Step::Rolled { from, because, to } => {
            let (verb, day) = (verb(draft), weekday(from.weekday()));
            let one = if is_masculine(from.weekday()) { "um" } else { "uma" };
            let because = match because {
                Off::Weekend => format!("{one} {day}"),
                Off::Holiday(name) => format!("{one} {day}, feriado ({name})"),
                Off::Optional(name) => format!("{one} {day} em que nem todos trabalham ({name})"),
            };
            draft.ending = format!(" {verb} em {}, {because}, e por isso vence {}", short(*from), on(*to));
        }
        Step::Earlier { law, date } => {
            let lead = if draft.tail.is_empty() { "; por outras leis seria mais tarde" } else { "" };
            let _ = write!(draft.tail, "{lead}, em {} ({})", short(*date), law.pt_br);
        }
    }
}

fn verb(draft: &Draft) -> &'static str {
    if draft.plural { "terminam" } else { "termina" }
}

fn time(at: DateTime, minutes: bool) -> String {
    if minutes { format!(", às {:02}:{:02}", at.hour(), at.minute()) } else { String::new() }
}

fn length(period: Period) -> String {
    count(i64::from(period.amount), period.unit)
}

fn count(amount: i64, unit: Unit) -> String {
    const WORDS: [&str; 13] = [
        "nenhum", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze",
        "doze",
    ];
    let number = match (amount, unit) {
        (1, Unit::Hour) => "uma".to_owned(),
        (2, Unit::Hour) => "duas".to_owned(),
        _ => {
            let word = usize::try_from(amount).ok().and_then(|amount| WORDS.get(amount));
            word.map_or_else(|| amount.to_string(), |word| (*word).to_owned())
        }
    };
    let unit = match (unit, amount) {
        (Unit::Hour, 1) => "hora",
        (Unit::Hour, _) => "horas",
        (Unit::Day, 1) => "dia",
        (Unit::Day, _) => "dias",
        (Unit::WorkingDay, 1) => "dia útil",
        (Unit::WorkingDay, _) => "dias úteis",
        (Unit::Month, 1) => "mês",
        (Unit::Month, _) => "meses",
    };
    format!("{number} {unit}")
}

fn on(date: Date) -> String {
    let day = date.weekday();
    format!("{} {}, {}", if is_masculine(day) { "no" } else { "na" }, weekday(day), short(date))
}

fn short(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month));
    let first = if date.day() == 1 { "º" } else { "" };
    format!("{}{first} de {} de {}", date.day(), month.unwrap_or(&""), date.year())
}

fn is_masculine(day: Weekday) -> bool {
    matches!(day, Weekday::Saturday | Weekday::Sunday)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "segunda-feira",
        Weekday::Tuesday => "terça-feira",
        Weekday::Wednesday => "quarta-feira",
        Weekday::Thursday => "quinta-feira",
        Weekday::Friday => "sexta-feira",
        Weekday::Saturday => "sábado",
        Weekday::Sunday => "domingo",
    }
}
