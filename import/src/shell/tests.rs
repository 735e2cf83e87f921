use super::*;
use attune_trace::access::Op;

fn told(script: &str, output: &str) -> Vec<String> {
    let ran = Ran { script, folder: Some("/w"), output, failed: false };
    let tell = |touch: Touch| {
        let op = if touch.op == Op::Read { "read" } else { "write" };
        let folder = touch.folder.filter(|folder| folder != "/w");
        let mut text = format!("{op} {}{}", folder.map_or(String::new(), |f| f + "/"), touch.path);
        text += &touch.lines.map_or(String::new(), |l| format!(" {}-{}", l.first(), l.last()));
        text += &touch.total_lines.map_or(String::new(), |total| format!(" of {total}"));
        text += &touch.text.map_or(" unknown".to_string(), |text| format!(" {text:?}"));
        text + if touch.whole.is_some() { " whole" } else { "" }
    };
    touches(&ran).into_iter().map(tell).collect()
}

#[test]
fn reads_are_seen_where_the_path_is_clear() {
    let cases = [
        ("cat a.rs", "x\ny\n", "read a.rs 1-2 of 2 \"x\\ny\\n\" whole"),
        ("sed -n '3,4p' a.rs", "x\ny\n", "read a.rs 3-4 \"x\\ny\\n\""),
        ("sed -n 3,9p a.rs", "x\ny\n", "read a.rs 3-4 of 4 \"x\\ny\\n\""),
        ("sed -n '1,220p' a.rs", "x\n", "read a.rs 1-1 of 1 \"x\\n\" whole"),
        ("sed -n '3,$p' a.rs", "x\n", "read a.rs 3-3 of 3 \"x\\n\""),
        ("sed -n '900,901p' a.rs", "", "read a.rs \"\""),
        ("nl -ba a.rs | sed -n '5,6p'", "     5\tx\n     6\ty\n", "read a.rs 5-6 \"x\\ny\\n\""),
        ("cat -n a.rs", "     1\tx\n", "read a.rs 1-1 of 1 \"x\\n\" whole"),
        ("head -n 2 a.rs", "x\ny\n", "read a.rs 1-2 \"x\\ny\\n\""),
        ("head -20 a.rs 2>/dev/null", "x\n", "read a.rs 1-1 of 1 \"x\\n\" whole"),
        ("tail -n 1 a.rs", "x\n", "read a.rs \"x\\n\""),
        ("tail -n +7 a.rs", "x\n", "read a.rs 7-7 of 7 \"x\\n\""),
        ("cat a.rs | grep x", "x\n", "read a.rs \"x\\n\""),
        ("rg -n x src/a.rs", "3:x\n", "read src/a.rs \"3:x\\n\""),
        ("cd sub && cat a.rs", "x\n", "read /w/sub/a.rs 1-1 of 1 \"x\\n\" whole"),
        (
            "cat a.rs",
            "x\n... [9 lines truncated] ...\n",
            "read a.rs \"x\\n... [9 lines truncated] ...\\n\"",
        ),
        ("cat a.rs || true", "x\n", "read a.rs 1-1 of 1 \"x\\n\" whole"),
    ];
    for (script, output, expected) in cases {
        assert_eq!(told(script, output), [expected], "{script}");
    }
    for script in [
        "cat $FILE",
        "cat src/*.rs",
        "rg x src",
        "grep -rn x .",
        "cat a | wc -l",
        "sed 's/a/b/' a.rs",
        "git show HEAD:a.rs",
        "python a.py",
        "cat",
        "cat a.rs > /dev/null",
        "grep -c x a.rs",
        "cat <<X\na\nX",
    ] {
        assert_eq!(told(script, "1\n"), [""; 0], "{script}");
    }
}

#[test]
fn an_output_is_split_where_its_parts_can_be_told() {
    let two = "sed -n '1,2p' a.rs && sed -n '5,5p' b.rs";
    assert_eq!(told(two, "x\ny\nz\n"), ["read a.rs 1-2 \"x\\ny\\n\"", "read b.rs 5-5 \"z\\n\""]);
    assert_eq!(told(two, "x\ny\n"), ["read a.rs unknown", "read b.rs unknown"]);
    let after = told("echo --- && cat a.rs", "---\nx\n");
    assert_eq!(after, ["read a.rs 1-1 of 1 \"x\\n\" whole"]);
    assert_eq!(told("git status; cat a.rs", "clean\nx\n"), ["read a.rs unknown"]);
    assert_eq!(told("cat a.rs b.rs", "x\n"), ["read a.rs unknown", "read b.rs unknown"]);
}

#[test]
fn writes_are_seen_where_the_path_is_clear() {
    let cases = [
        ("cat > a.txt <<'EOF'\nx\nEOF", "write a.txt \"x\\n\" whole"),
        ("echo hello >> a.txt", "write a.txt \"hello\\n\""),
        ("make > log.txt 2>&1", "write log.txt unknown"),
        ("tee a.txt <<EOF\nx\nEOF", "write a.txt \"x\\n\" whole"),
        ("sed -i 's/a/b/' a.rs", "write a.rs unknown"),
        ("rm -f a.rs", "write a.rs \"\" whole"),
    ];
    for (script, expected) in cases {
        assert_eq!(told(script, ""), [expected], "{script}");
    }
    assert_eq!(told("mv a.rs b.rs", ""), ["write a.rs \"\" whole", "write b.rs unknown"]);
    let patch =
        "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.rs\n+x\n*** End Patch\nEOF";
    assert_eq!(told(patch, ""), ["write a.rs \"x\\n\""]);
    for script in
        ["rm -r src", "echo x > $OUT", "make > /dev/null", "ls 2> errors.txt", "cp a src/"]
    {
        assert_eq!(told(script, ""), [""; 0], "{script}");
    }
}

#[test]
fn a_command_that_failed_touched_nothing() {
    let outcomes = |script| {
        let ran = Ran { script, folder: None, output: "no such file", failed: true };
        touches(&ran).into_iter().map(|touch| touch.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes("cat a.rs"), [Outcome::Failed]);
    assert_eq!(outcomes("cat a.rs; cat b.rs"), []);
}
