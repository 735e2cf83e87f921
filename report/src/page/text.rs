//! The Markdown of a report as HTML.

use super::folder::Folder;
use super::html::escape;
use super::{PageError, Section, image};
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Text {
    pub title: Option<String>,
    /// What stands before the first section, as HTML.
    pub opening: String,
    pub sections: Vec<Section>,
    /// The figures that are shown.
    pub figures: BTreeSet<String>,
    /// The tables that are shown, and how many rows of them.
    pub tables: BTreeMap<String, usize>,
}

pub(super) fn render(markdown: &str, folder: &Folder) -> Result<Text, PageError> {
    let mut text = Text::default();
    let mut ids = BTreeMap::new();
    let mut held: Vec<Event> = Vec::new();
    let mut alignments = Vec::new();
    let mut table = InTable::default();
    let mut events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inner: Vec<Event> = events
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                let title = plain(&inner);
                let id = unique(&mut ids, anchor(&title));
                match level {
                    HeadingLevel::H1 if text.title.is_none() => text.title = Some(title),
                    HeadingLevel::H1 | HeadingLevel::H2 => {
                        text.close(&mut held);
                        text.sections.push(Section { id, title, body: String::new() });
                    }
                    _ => {
                        let heading =
                            format!("<{level} id=\"{id}\">{}</{level}>\n", escape(&title));
                        held.push(raw(heading));
                    }
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inner: Vec<Event> = events
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Image)))
                    .collect();
                let name = dest_url.strip_suffix(".svg").unwrap_or(&dest_url).to_string();
                let description = plain(&inner);
                held.push(match folder.figures.get(&name) {
                    Some(path) => raw(image(path, &description)?),
                    None => Event::Text(description.into()),
                });
                text.figures.insert(name);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                held.push(raw(if leads_somewhere(&dest_url) {
                    format!("<a href=\"{}\">", escape(&dest_url))
                } else {
                    // The page may be read far from the files.
                    format!("<a title=\"{}\">", escape(&dest_url))
                }));
                if let Some(name) = dest_url.strip_suffix(".csv") {
                    table.named = Some(name.to_string());
                }
            }
            Event::End(TagEnd::Link) => held.push(raw("</a>")),
            Event::Start(Tag::Table(columns)) => {
                alignments = columns;
                table.rows = 0;
                held.push(raw("<div class=\"table\"><table>\n"));
            }
            Event::End(TagEnd::Table) => {
                held.push(raw("</tbody></table></div>\n"));
                if let Some(name) = table.named.take() {
                    text.tables.insert(name, table.rows);
                }
            }
            Event::Start(Tag::TableHead) => {
                table.begin_row("th scope=\"col\"");
                held.push(raw("<thead><tr>"));
            }
            Event::End(TagEnd::TableHead) => held.push(raw("</tr></thead>\n<tbody>\n")),
            Event::Start(Tag::TableRow) => {
                table.begin_row("td");
                table.rows += 1;
                held.push(raw("<tr>"));
            }
            Event::End(TagEnd::TableRow) => held.push(raw("</tr>\n")),
            Event::Start(Tag::TableCell) => {
                let right = alignments.get(table.column) == Some(&Alignment::Right);
                let class = if right { " class=\"number\"" } else { "" };
                held.push(raw(format!("<{}{class}>", table.cell)));
                table.column += 1;
            }
            Event::End(TagEnd::TableCell) => {
                held.push(raw(if table.cell == "td" { "</td>" } else { "</th>" }));
            }
            Event::Html(html) | Event::InlineHtml(html) => held.push(match &*html {
                "<br>" => raw("<br>"),
                _ => Event::Text(html),
            }),
            event => held.push(event),
        }
    }
    text.close(&mut held);
    Ok(text)
}

impl Text {
    /// What was held belongs to the section that is open, or to none yet.
    fn close(&mut self, held: &mut Vec<Event>) {
        let body = self.sections.last_mut().map_or(&mut self.opening, |section| &mut section.body);
        html::push_html(body, held.drain(..));
    }
}

#[derive(Default)]
struct InTable {
    /// The file that was linked last, before the table.
    named: Option<String>,
    rows: usize,
    column: usize,
    cell: &'static str,
}

impl InTable {
    fn begin_row(&mut self, cell: &'static str) {
        self.column = 0;
        self.cell = cell;
    }
}

fn raw<'a>(html: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(html.into())
}

/// Within the page, or on the web once somebody follows it.
fn leads_somewhere(address: &str) -> bool {
    ["#", "https://", "http://"].iter().any(|start| address.starts_with(start))
}

fn plain(events: &[Event]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(&**text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    });
    texts.collect()
}

/// The anchor that a code host gives a heading, which a report's links expect.
pub fn anchor(heading: &str) -> String {
    let kept = heading.chars().flat_map(char::to_lowercase).filter_map(|letter| match letter {
        ' ' | '-' => Some('-'),
        _ if letter.is_alphanumeric() => Some(letter),
        _ => None,
    });
    kept.collect()
}

fn unique(ids: &mut BTreeMap<String, u32>, id: String) -> String {
    let seen = ids.entry(id.clone()).or_insert(0);
    *seen += 1;
    if *seen == 1 { id } else { format!("{id}-{}", *seen - 1) }
}
