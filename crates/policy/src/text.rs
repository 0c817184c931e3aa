//! Texts with places to fill in, written `{{receipt}}`.

/// The name of each place, with its line counted from 1. A place that is not closed has the rest of its line for a name,
/// which nobody knows.
pub(crate) fn places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let name = |piece: &'_ str| piece.split_once("}}").map_or(piece.len(), |(name, _)| name.len());
    (1..).zip(text.lines()).flat_map(move |(number, line)| {
        line.split("{{").skip(1).map(move |piece| (number, piece[..name(piece)].trim()))
    })
}

/// The text with each place filled in; the name of the first one that cannot be.
pub(crate) fn fill<'w>(text: &str, word: impl Fn(&str) -> Option<&'w str>) -> Result<String, String> {
    let mut pieces = text.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        filled.push_str(word(name.trim()).ok_or_else(|| name.trim().to_owned())?);
        filled.push_str(rest);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ana_reads_her_receipt_where_the_letter_has_a_place_for_it() {
        let text = "Dear {{ name }},\n\nyour receipt is {{receipt}}.\n";
        assert_eq!(places(text).collect::<Vec<_>>(), [(1, "name"), (3, "receipt")]);
        let word = |name: &str| (name == "name").then_some("Ana").or((name == "receipt").then_some("R-7"));
        assert_eq!(fill(text, word).unwrap(), "Dear Ana,\n\nyour receipt is R-7.\n");
        assert_eq!(fill(text, |_| None).unwrap_err(), "name");
        assert_eq!(places("left {{open").collect::<Vec<_>>(), [(1, "open")]);
    }
}
