//! Results as one HTML page: complete, self-contained, the same bytes, and nothing in it runs or
//! loads, whatever the files say.

mod common;

use attune_report::{page, write, write_parquet};
use attune_sim::results::{Cell, Column, Table};
use common::{directory, document, manifest};
use std::fs;
use std::path::Path;

const HOSTILE: &str =
    "</td><script>alert(1)</script><img src=https://example.org/x onerror='a()'>\"&amp;";

fn results() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../results"))
}

fn error(path: &Path) -> String {
    let error = page(path).unwrap_err().to_string();
    assert!(error.contains(&path.display().to_string()) && !error.contains('\n'), "{error}");
    error
}

/// The tags of a page, without those of its own script and style.
fn tags(html: &str) -> Vec<String> {
    let body = html.split_once("<body>").unwrap().1;
    let body = body.rsplit_once("<script>").unwrap().0;
    let tags = body.split('<').skip(1);
    tags.map(|tag| tag.split('>').next().unwrap().to_string()).collect()
}

/// That nothing is loaded, and no text became a tag.
fn assert_inert(html: &str) {
    const NAMES: [&str; 26] = [
        "a", "br", "code", "details", "em", "h1", "h2", "h3", "h4", "img", "li", "main", "nav",
        "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
        "wbr",
    ];
    for tag in tags(html) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        assert!(NAMES.contains(&name) || name == "div", "<{tag}>");
        for attribute in ["onerror", "onclick", "onload", "style="] {
            assert!(name == "img" || !tag.contains(&format!(" {attribute}")), "<{tag}>");
        }
        if let Some(source) = tag.split("src=\"").nth(1) {
            assert!(source.starts_with("data:image/svg+xml,"), "<{tag}>");
        }
        if let Some(link) = tag.split("href=\"").nth(1) {
            assert!(link.starts_with('#') || link.starts_with("https://"), "<{tag}>");
        }
    }
    assert!(html.contains("default-src 'none'; img-src data:;"));
    assert_eq!(html.matches("<script").count(), 1);
    assert_eq!(html.matches("<style").count(), 1);
    assert!(!html.contains("@import") && !html.contains("url("));
}

#[test]
fn the_page_of_the_results_has_every_table_and_figure() {
    let html = page(results()).unwrap();
    assert_inert(&html);
    let markdown = fs::read_to_string(results().join("REPORT.md")).unwrap();
    let in_text =
        markdown.lines().filter(|line| line.starts_with("| -") || line.starts_with("|--"));
    let figures = fs::read_dir(results().join("figures")).unwrap().count();
    assert_eq!(html.matches("class=\"figure\"").count(), figures);
    // One table has 130 rows and is not shown in the text.
    assert_eq!(html.matches("<table>").count(), in_text.count() + 1);
    for table in fs::read_dir(results().join("tables")).unwrap() {
        let name = table.unwrap().file_name().into_string().unwrap();
        let name = name.rsplit_once('.').unwrap().0;
        assert!(html.contains(&format!("tables/{name}")), "{name} is not in the page");
    }
    assert!(html.contains("130 rows."), "the one that the text leaves out");
    assert!(html.contains("<strong>117 are exact</strong>"));
}

#[test]
fn links_within_the_page_lead_somewhere() {
    let html = page(results()).unwrap();
    let links: Vec<&str> =
        html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() > 10);
    for link in links {
        assert_eq!(html.matches(&format!(" id=\"{link}\"")).count(), 1, "#{link}");
    }
}

#[test]
fn two_pages_are_the_same_bytes() {
    assert_eq!(page(results()).unwrap(), page(results()).unwrap());
}

#[test]
fn what_a_report_shows_in_part_follows_in_full() {
    let directory = directory("page-in-part");
    write(&document(), &directory, &manifest()).unwrap();
    let html = page(&directory).unwrap();
    assert_inert(&html);
    assert!(html.contains("first 3 of 7 rows"));
    assert!(html.contains("<h2 id=\"file-1\">tables/runs</h2>") && html.contains("7 rows."));
    assert!(!html.contains(">tables/scenarios</h2>"), "its text has all of it");
}

#[test]
fn texts_are_texts_in_every_format() {
    let folder = directory("page-hostile");
    let table = Table {
        name: "hostile".to_string(),
        title: HOSTILE.to_string(),
        columns: vec![
            Column { unit: HOSTILE.to_string(), ..Column::text(HOSTILE) },
            Column::number("number", "", 3),
        ],
        rows: vec![vec![Cell::from(HOSTILE), 0.1.into()], vec![Cell::Missing, Cell::Missing]],
    };
    write_parquet(&table, &folder.join("typed.parquet")).unwrap();
    let quoted = format!("\"{}\"", HOSTILE.replace('"', "\"\""));
    fs::write(folder.join("plain.csv"), format!("{quoted},b\n{quoted},1\n")).unwrap();
    let text = serde_json::to_string(HOSTILE).unwrap();
    let json = format!("{{{text}: 1, \"rows\": [{{{text}: {text}, \"b\": {{\"c\": [1, 2]}}}}]}}");
    fs::write(folder.join("nested.json"), json).unwrap();
    fs::write(folder.join("<script>alert(2)<!--.csv"), "a\n1\n").unwrap();
    fs::write(folder.join("drawn.svg"), format!("<svg onload=\"a()\">{HOSTILE}</svg>")).unwrap();
    let html = page(&folder).unwrap();
    assert_inert(&html);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("b.<wbr>c") && html.contains("[1,2]"));
    fs::write(
        folder.join("REPORT.md"),
        format!("# {HOSTILE}\n\n{HOSTILE}\n\n## {HOSTILE}\n\n| a |\n|---|\n| {HOSTILE} |\n\n[x](javascript:a()) [y](//example.org) ![z](https://example.org/z.svg)\n\n<script>alert(3)</script>\n"),
    )
    .unwrap();
    assert_inert(&page(&folder).unwrap());
}

#[test]
fn a_sweep_is_drawn_over_each_number_that_it_varies() {
    let folder = directory("page-sweep");
    let mut text = "point,agents,how,loss,strategy,runs,saved_of_total,saved_of_total_half_width,stale_reads\n".to_string();
    for point in 0..6 {
        for strategy in ["eager", "lazy"] {
            let loss = f64::from(point % 2) / 10.0;
            text += &format!(
                "{point},{},mesh,{loss},{strategy},9,{},0.5,{point}\n",
                1 << point,
                90 - point
            );
        }
    }
    let path = folder.join("sweep.csv");
    fs::write(&path, &text).unwrap();
    let html = page(&path).unwrap();
    assert_inert(&html);
    assert_eq!(html.matches("class=\"figure\"").count(), 4, "two numbers, two measures");
    assert!(html.contains("alt=\"saved of total over agents. "));
    assert!(html.contains("stale reads over loss (means of all rows at each value)"));
    // The same rows under other names are a table.
    fs::write(&path, text.replace("point,", "row,")).unwrap();
    assert_eq!(page(&path).unwrap().matches("class=\"figure\"").count(), 0);
}

#[test]
fn a_long_table_is_shown_in_part_and_says_so() {
    let path = directory("page-long").join("long.csv");
    let rows: String = (0..5_000).map(|row| format!("{row},x\n")).collect();
    fs::write(&path, format!("n,t\n{rows}")).unwrap();
    let html = page(&path).unwrap();
    assert!(html.contains("The first 2000 of 5000 rows; the file has them all."));
    assert_eq!(html.matches("<tr>").count(), 2_001);
}

#[test]
fn one_table_per_name_and_the_parts_of_a_sweep_are_none() {
    let folder = directory("page-names");
    write_parquet(&common::runs(3), &folder.join("runs.parquet")).unwrap();
    fs::write(folder.join("runs.csv"), "a\n1\n").unwrap();
    fs::create_dir(folder.join("x.parquet.parts")).unwrap();
    fs::write(folder.join("x.parquet.parts/0.csv"), "broken\n1,2\n").unwrap();
    let html = page(&folder).unwrap();
    assert_eq!(html.matches("<table>").count(), 1);
    assert!(html.contains("<span class=\"unit\">(K tokens)</span>"), "of the Parquet file");
}

#[test]
fn what_is_no_result_is_refused_in_one_line() {
    let folder = directory("page-misuse");
    assert!(error(&folder.join("missing")).contains("is not there; name a folder"));
    assert!(error(&folder).contains("nothing in this folder can be shown"));
    let file = |name: &str, contents: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, contents).unwrap();
        path
    };
    assert!(error(&file("notes.txt", b"hello")).contains("is no table; name a"));
    assert!(error(&file("a.csv", b"a,b\n1,2\n3\n")).contains("line 3: has 1 cells"));
    assert!(error(&file("b.csv", b"a,b\n1,\xff\n")).contains("line 2: is not UTF-8"));
    assert!(error(&file("c.csv", b"")).contains("is empty"));
    assert!(error(&file("d.parquet", b"PAR1 nothing")).contains("no whole Parquet file"));
    assert!(error(&file("e.json", b"{\"a\":")).contains("is no JSON"));
    assert!(error(&file("f.json", b"[1, 2]")).contains("has no table"));
    // One such file in a folder is named, too.
    assert!(page(&folder).unwrap_err().to_string().contains("a.csv: line 3"));
}
