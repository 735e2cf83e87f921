//! A shell script as far as it can be understood without running it.

/// What the shell would make of a word, and whether that is all there is to it: a word with a
/// variable, a pattern or a command in it is not clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) clear: bool,
}

/// `> file` and `>> file`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    pub(super) append: bool,
    pub(super) file: Word,
}

/// One command with its words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// Where its output goes.
    pub(super) output: Option<Redirect>,
    pub(super) here: Option<String>,
}

/// What stands before a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// The beginning, `;`, `&` or a new line.
    Then,
    /// `&&`
    And,
    /// `||`
    Or,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pipeline {
    pub(super) joint: Joint,
    pub(super) commands: Vec<Command>,
}

pub(super) fn pipelines(script: &str) -> Vec<Pipeline> {
    let mut parser = Parser {
        rest: script,
        done: Vec::new(),
        joint: Joint::Then,
        commands: Vec::new(),
        command: Command::default(),
        awaited: Vec::new(),
    };
    parser.run();
    parser.done
}

struct Parser<'a> {
    rest: &'a str,
    done: Vec<Pipeline>,
    joint: Joint,
    commands: Vec<Command>,
    command: Command,
    /// The marks that end here-documents which begin at the next line, and whether tabs before
    /// their lines are taken away.
    awaited: Vec<(String, bool)>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while let Some(character) = self.rest.chars().next() {
            match character {
                ' ' | '\t' | '\r' => self.skip(1),
                '\n' => {
                    self.skip(1);
                    self.here_documents();
                    self.end_pipeline(Joint::Then);
                }
                '#' => self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]),
                '\\' if self.rest.starts_with("\\\n") => self.skip(2),
                ';' | '(' | ')' => {
                    self.skip(1);
                    self.end_pipeline(Joint::Then);
                }
                '&' if self.rest.starts_with("&&") => {
                    self.skip(2);
                    self.end_pipeline(Joint::And);
                }
                '&' if self.rest.starts_with("&>") => self.redirect(2),
                '&' => {
                    self.skip(1);
                    self.end_pipeline(Joint::Then);
                }
                '|' if self.rest.starts_with("||") => {
                    self.skip(2);
                    self.end_pipeline(Joint::Or);
                }
                '|' => {
                    self.skip(if self.rest.starts_with("|&") { 2 } else { 1 });
                    self.end_command();
                }
                '>' => self.redirect(1),
                '<' => self.input(),
                '0'..='9' if self.descriptor() => {}
                _ => {
                    let word = self.word();
                    self.command.words.push(word);
                }
            }
        }
        self.end_pipeline(Joint::Then);
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn end_command(&mut self) {
        let command = std::mem::take(&mut self.command);
        if !command.words.is_empty() || command.output.is_some() {
            self.commands.push(command);
        }
    }

    fn end_pipeline(&mut self, next: Joint) {
        self.end_command();
        let commands = std::mem::take(&mut self.commands);
        if commands.is_empty() {
            // `a &&` and a new line: what follows still belongs to it.
            if next != Joint::Then {
                self.joint = next;
            }
            return;
        }
        self.done.push(Pipeline { joint: self.joint, commands });
        self.joint = next;
    }

    /// `2>file`, `2>&1`, `1>file`.
    fn descriptor(&mut self) -> bool {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if !self.rest[digits..].starts_with('>') {
            return false;
        }
        let is_output = &self.rest[..digits] == "1";
        self.skip(digits);
        if is_output {
            self.redirect(1);
        } else {
            let output = self.command.output.take();
            self.redirect(1);
            self.command.output = output;
        }
        true
    }

    /// After `bytes` of `>`: where to.
    fn redirect(&mut self, bytes: usize) {
        self.skip(bytes);
        let append = self.rest.starts_with('>');
        if append || self.rest.starts_with('|') {
            self.skip(1);
        }
        // `>&2` goes to another stream.
        if let Some(rest) = self.rest.strip_prefix('&') {
            let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'-');
            let digits = digits.count();
            self.skip(1 + digits);
            return;
        }
        self.blanks();
        let file = self.word();
        self.command.output = Some(Redirect { append, file });
    }

    /// After `<`: a file, a here-document or a here-string.
    fn input(&mut self) {
        if self.rest.starts_with("<<<") {
            self.skip(3);
            self.blanks();
            let word = self.word();
            self.command.here = word.clear.then_some(word.text);
        } else if self.rest.starts_with("<<") {
            self.skip(2);
            let tabs = self.rest.starts_with('-');
            if tabs {
                self.skip(1);
            }
            self.blanks();
            let mark = self.word();
            self.awaited.push((mark.text, tabs));
        } else {
            self.skip(1);
            self.blanks();
            self.word();
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn here_documents(&mut self) {
        for (mark, tabs) in std::mem::take(&mut self.awaited) {
            let mut body = String::new();
            while !self.rest.is_empty() {
                let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
                self.rest = rest;
                let line = if tabs { line.trim_start_matches('\t') } else { line };
                if line.trim_end() == mark {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            // It may belong to an earlier command of the pipeline; there is seldom more than one.
            let commands = self.commands.iter_mut().chain([&mut self.command]);
            if let Some(command) = commands.into_iter().next() {
                command.here = Some(body);
            }
        }
    }

    /// The next word; at least one character is used up if there is one.
    fn word(&mut self) -> Word {
        let mut word = Word { text: String::new(), clear: true };
        let mut characters = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((place, character)) = characters.next() {
            match character {
                '\'' => {
                    for (_, quoted) in characters.by_ref().take_while(|(_, quoted)| *quoted != '\'')
                    {
                        word.text.push(quoted);
                    }
                }
                '"' => {
                    while let Some((_, quoted)) = characters.next_if(|(_, quoted)| *quoted != '"') {
                        match quoted {
                            '\\' => match characters.next() {
                                Some((_, '\n')) | None => {}
                                Some((_, escaped @ ('"' | '\\' | '$' | '`'))) => {
                                    word.text.push(escaped);
                                }
                                Some((_, other)) => word.text.extend(['\\', other]),
                            },
                            '$' | '`' => {
                                word.clear = false;
                                word.text.push(quoted);
                            }
                            _ => word.text.push(quoted),
                        }
                    }
                    characters.next();
                }
                '\\' => match characters.next() {
                    Some((_, '\n')) | None => {}
                    Some((_, escaped)) => word.text.push(escaped),
                },
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => {
                    end = place;
                    break;
                }
                '$' | '`' | '*' | '?' | '[' | '{' => {
                    word.clear = false;
                    word.text.push(character);
                }
                _ => word.text.push(character),
            }
        }
        self.rest = &self.rest[end..];
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(script: &str) -> Vec<String> {
        let word = |word: &Word| format!("{}{}", word.text, if word.clear { "" } else { "?" });
        let command = |command: &Command| {
            let mut words: Vec<String> = command.words.iter().map(word).collect();
            words.extend(command.output.as_ref().map(|output| format!(">{}", word(&output.file))));
            words.extend(command.here.as_ref().map(|here| format!("<<{here}")));
            words.join(",")
        };
        let all = pipelines(script).into_iter();
        all.map(|pipeline| {
            let commands: Vec<String> = pipeline.commands.iter().map(command).collect();
            format!("{:?} {}", pipeline.joint, commands.join("|"))
        })
        .collect()
    }

    #[test]
    fn scripts_are_split_as_a_shell_does() {
        let cases: [(&str, &[&str]); 9] = [
            ("cat 'a b' \"c\\\"d\" e\\ f", &["Then cat,a b,c\"d,e f"]),
            (
                "cd x && cat a | head -5 || true; ls",
                &["Then cd,x", "And cat,a|head,-5", "Or true", "Then ls"],
            ),
            ("cat $HOME/a \"$b\" *.rs '$c'", &["Then cat,$HOME/a?,$b?,*.rs?,$c"]),
            ("make 2>&1 >out.txt 2>/dev/null", &["Then make,>out.txt"]),
            ("echo a >> b # c", &["Then echo,a,>b"]),
            ("cat > f <<'EOF'\nx $y\n\nEOF\nls", &["Then cat,>f,<<x $y\n\n", "Then ls"]),
            ("sed -n '1,2p' a &&\n  cat b", &["Then sed,-n,1,2p,a", "And cat,b"]),
            ("echo x >&2 & wait", &["Then echo,x", "Then wait"]),
            ("(cat a)", &["Then cat,a"]),
        ];
        for (script, expected) in cases {
            assert_eq!(told(script), expected, "{script}");
        }
    }

    #[test]
    fn what_is_not_finished_ends() {
        for script in
            ["'", "\"a", "cat <<EOF", "cat <<EOF\na", "a >", "\\", "a |", "<", "2>", "&&&"]
        {
            pipelines(script);
        }
    }
}
