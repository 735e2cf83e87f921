//! Results as one HTML page that loads nothing: what a folder holds, or a single table.
//!
//! The page's policy lets nothing run but its own script, and nothing load at all; texts are
//! escaped; figures are images, in which nothing can run. Without the script everything is there,
//! as plain tables.

mod error;
mod folder;
mod html;
mod read;
mod sweep;
mod text;

pub use error::PageError;
pub use text::anchor;

use crate::render::REPORT;
use folder::Folder;
use html::escape;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A part of the page that can be folded.
struct Section {
    id: String,
    title: String,
    /// HTML.
    body: String,
}

/// Makes the page of a folder or of a single file. If the folder has a `REPORT.md`, that is its
/// text; what the text shows in part, or not at all, follows it.
pub fn page(path: &Path) -> Result<String, PageError> {
    if !path.exists() {
        return Err(PageError::Missing { path: path.to_path_buf() });
    }
    let name = path.canonicalize().ok();
    let name = name.as_deref().and_then(Path::file_name).unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    if !path.is_dir() {
        let mut folder = Folder::default();
        folder.take(path.to_path_buf(), "");
        if folder.is_empty() {
            return Err(PageError::Unknown { path: path.to_path_buf() });
        }
        let sections = sections(&folder)?;
        if sections.is_empty() {
            let problem = "has no table: an array of objects".to_string();
            return Err(PageError::Malformed { path: path.to_path_buf(), problem });
        }
        return Ok(render(&name, "", &sections));
    }
    let mut folder = Folder::read(path)?;
    let report = path.join(REPORT);
    if !report.is_file() {
        let sections = sections(&folder)?;
        if sections.is_empty() {
            return Err(PageError::Empty { path: path.to_path_buf() });
        }
        return Ok(render(&name, "", &sections));
    }
    let markdown =
        fs::read_to_string(&report).map_err(|source| PageError::Files { path: report, source })?;
    let mut text = text::render(&markdown, &folder)?;
    folder.figures.retain(|name, _| !text.figures.contains(name));
    // What the tables of a report depend on is not a result.
    folder.tables.remove("manifest");
    for (name, rows) in &text.tables {
        let whole = match folder.tables.get(name) {
            None => false,
            Some(path) => read::tables(path, name)?.iter().all(|found| found.rows <= *rows),
        };
        if whole {
            folder.tables.remove(name);
        }
    }
    text.sections.extend(sections(&folder)?);
    Ok(render(&text.title.unwrap_or(name), &text.opening, &text.sections))
}

/// A section per figure and per table.
fn sections(folder: &Folder) -> Result<Vec<Section>, PageError> {
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |title: String, body| {
        let id = format!("file-{}", sections.len() + 1);
        sections.push(Section { id, title, body });
    };
    for (name, path) in &folder.figures {
        add(name.clone(), image(path, name)?);
    }
    for (name, path) in &folder.tables {
        for found in read::tables(path, name)? {
            let plots = sweep::plots(&found).map_err(|problem| PageError::Malformed {
                path: path.clone(),
                problem: format!("cannot be drawn: {problem}"),
            })?;
            add(found.table.title.clone(), plots + &html::table(&found));
        }
    }
    Ok(sections)
}

fn image(path: &Path, description: &str) -> Result<String, PageError> {
    let svg =
        fs::read(path).map_err(|source| PageError::Files { path: path.to_path_buf(), source })?;
    Ok(html::figure(&svg, description))
}

fn render(title: &str, opening: &str, sections: &[Section]) -> String {
    let title = escape(title);
    let entries = sections.iter().map(|section| {
        format!("<li><a href=\"#{}\">{}</a></li>\n", escape(&section.id), escape(&section.title))
    });
    let contents = match sections.len() {
        0 | 1 => String::new(),
        _ => format!(
            "<nav aria-label=\"Contents\">\n<ul>\n{}</ul>\n</nav>\n",
            entries.collect::<String>()
        ),
    };
    let bodies = sections.iter().map(|Section { id, title, body }| {
        format!(
            "<details open>\n<summary><h2 id=\"{}\">{}</h2></summary>\n{body}</details>\n",
            escape(id),
            escape(title)
        )
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         {opening}{contents}{}</main>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        hash(STYLE),
        hash(SCRIPT),
        bodies.collect::<String>(),
    )
}

/// By which a policy knows a style or a script.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::from("sha256-");
    for bytes in Sha256::digest(text).chunks(3) {
        let three =
            [bytes[0], bytes.get(1).copied().unwrap_or(0), bytes.get(2).copied().unwrap_or(0)];
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            encoded.push(if place <= bytes.len() { char::from(digit) } else { '=' });
        }
    }
    encoded
}
