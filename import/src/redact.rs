//! Takes away what looks like a secret, so that a trace or a record can be shown.
//!
//! Each is replaced by its kind and a few digits of its hash: equal ones stay equal, so that two
//! artifacts do not become one.

use crate::record::{Content, Session};
use crate::tokens::short_hash;
use regex::{Captures, Regex};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// A kind of secret, and how it looks. If there is a group named `secret`, only that is replaced.
const KINDS: [(&str, &str); 12] = [
    (
        "private key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
    ),
    // AWS, GitHub, OpenAI and Anthropic, Slack, Google, GitLab, npm, Hugging Face, Stripe,
    // DigitalOcean.
    (
        "key",
        r"\b(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|sk-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|do[opr]_v1_[a-f0-9]{32,})",
    ),
    // SendGrid; the word before the dots is common, so there has to be a digit.
    ("key with digits", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    // Google's access tokens, what signs webhooks, Slack's webhooks, Azure's signed addresses.
    ("key with digits", r"\b(?:ya29\.[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9+/=_-]{16,})"),
    (
        "webhook",
        r"\bhooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9_]{4,}(?:/[A-Za-z0-9_]{4,}){1,4})",
    ),
    ("key with digits", r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/=_-]{30,})"),
    ("token", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}"),
    ("token", r"(?i)\b(?:bearer|basic)\s+(?P<secret>[A-Za-z0-9._~+/=-]{16,})"),
    // One slash: where an address was taken for a path.
    ("password", r#"\b[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^/\s:@"'`<>]*:(?P<secret>[^/\s"'`<>]+)@"#),
    (
        "secret",
        r#"(?i)(?:api[_-]?key|secret|token|passwo?r?d|(?:access|account)[_-]?key|credential)[A-Za-z0-9_]{0,20}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[A-Za-z0-9_+/=.~-]{12,})"#,
    ),
    ("email", r"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,18}\b"),
    ("email", r"\b[A-Za-z0-9][A-Za-z0-9._+-]{0,63}%40[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,18}\b"),
];

/// Expressions take longer to compile than most sessions to read: once is enough.
static SHARED: LazyLock<Redactor> = LazyLock::new(Redactor::new);

pub(crate) struct Redactor {
    kinds: Vec<(&'static str, Regex)>,
}

impl Redactor {
    pub(crate) fn compiled() -> &'static Redactor {
        &SHARED
    }

    fn new() -> Redactor {
        let compiled =
            |(kind, look)| (kind, Regex::new(look).expect("the expressions are constant"));
        Redactor { kinds: KINDS.into_iter().map(compiled).collect() }
    }

    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for (kind, look) in &self.kinds {
            let replaced = look.replace_all(&text, |found: &Captures| replacement(kind, found));
            if let Cow::Owned(replaced) = replaced {
                text = Cow::Owned(replaced);
            }
        }
        text
    }

    pub(crate) fn session(&self, session: &mut Session) {
        self.string(&mut session.id);
        session.project.iter_mut().for_each(|project| self.string(project));
        for record in &mut session.records {
            self.shared(&mut record.agent);
            match &mut record.content {
                Content::Message { text, .. } | Content::ToolResult { text, .. } => {
                    self.string(text);
                }
                Content::ToolCall { input, .. } => self.value(input),
                Content::Compaction { summary, .. } => {
                    summary.iter_mut().for_each(|summary| self.string(summary));
                }
                Content::Spawn { prompt: text, agent, .. }
                | Content::Return { text, agent, .. } => {
                    self.string(text);
                    agent.iter_mut().for_each(|agent| self.shared(agent));
                }
                Content::Access(access) => {
                    self.string(&mut access.session);
                    self.string(&mut access.agent);
                    self.string(&mut access.artifact);
                    access.project.iter_mut().for_each(|project| self.string(project));
                }
            }
        }
    }

    fn string(&self, text: &mut String) {
        if let Cow::Owned(redacted) = self.text(text) {
            *text = redacted;
        }
    }

    fn shared(&self, text: &mut Arc<str>) {
        if let Cow::Owned(redacted) = self.text(text) {
            *text = redacted.into();
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.value(value)),
            _ => {}
        }
    }
}

fn replacement(kind: &str, found: &Captures) -> String {
    let all = found.get_match();
    let secret = found.name("secret").unwrap_or(all);
    if is_harmless(kind, secret.as_str()) {
        return all.as_str().to_string();
    }
    let (start, end) = (secret.start() - all.start(), secret.end() - all.start());
    let kind = kind.strip_suffix(" with digits").unwrap_or(kind);
    let (before, after) = (&all.as_str()[..start], &all.as_str()[end..]);
    format!("{before}[{kind}:{}]{after}", short_hash(secret.as_str()))
}

/// What only looks like a secret: program text, and the names of pictures.
fn is_harmless(kind: &str, secret: &str) -> bool {
    let has = |test: fn(&u8) -> bool| secret.bytes().any(|byte| test(&byte));
    match kind {
        "secret" => !(has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)),
        "key with digits" => !has(u8::is_ascii_digit),
        "password" => is_template(secret),
        // `icon@2x.png`
        "email" => {
            let domain = secret.split('@').nth(1).unwrap_or_default();
            domain.len() > 3
                && domain.as_bytes()[0].is_ascii_digit()
                && domain[1..].starts_with("x.")
        }
        _ => false,
    }
}

/// `$PASSWORD`, `${PASSWORD}`, `{password}`, `%s`, `***`, and what was replaced already.
fn is_template(password: &str) -> bool {
    let within = |start, end| password.starts_with(start) && password.ends_with(end);
    let is_name = |name: &str| name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'_'));
    within("${", '}')
        || within("{", '}')
        || within("[", ']')
        || password.strip_prefix('$').is_some_and(is_name)
        || password == "%s"
        || password.bytes().all(|byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_taken_away() {
        // Put together, so that nobody who looks for secrets finds these.
        let secrets = [
            format!("AKIA{}", "ABCDEFGH12345678"),
            format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8"),
            format!("sk-ant-api03-{}", "a1B2c3D4e5F6g7H8i9J0"),
            format!("-----BEGIN RSA {}-----\nMIIE\n-----END RSA PRIVATE KEY-----", "PRIVATE KEY"),
            format!("-----BEGIN {}-----\nMIIE, cut off", "PRIVATE KEY"),
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl".to_string(),
            "ada.lovelace+x@analytical.example.org".to_string(),
            format!(
                "SG.{}.{}",
                "a1B2c3D4e5F6g7H8i9J0kl", "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8i9J0abc"
            ),
            format!("dop_v1_{}", "0123456789abcdef".repeat(4)),
            format!("ya29.{}", "a0AfH6SMBx-y_z0123456789"),
            format!("whsec_{}", "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6"),
        ];
        let redactor = Redactor::compiled();
        for secret in &secrets {
            let text = format!("before {secret}\nafter");
            let redacted = redactor.text(&text);
            assert!(redacted.starts_with("before [") && !redacted.contains(secret), "{redacted}");
            assert_eq!(redacted, redactor.text(&text), "equal ones stay equal");
        }
        let named = redactor.text("API_KEY=\"a1b2c3d4e5f6g7\" url https://ada:pw@host/x");
        assert!(named.starts_with("API_KEY=\"[secret:"), "{named}");
        assert!(named.contains("https://ada:[password:"), "{named}");
        assert!(redactor.text("Authorization: Bearer abcdefghijklmnop1234").contains("[token:"));
    }

    #[test]
    fn what_stands_around_a_secret_stays() {
        let redactor = Redactor::compiled();
        let long = "a1B2c3D4e5F6g7H8i9J0".repeat(4);
        let cases = [
            ("postgres://ada:", "p:w@x-1$".to_string(), "@db.example.org:5432/x"),
            ("redis://:", "pw".to_string(), "@cache:6379"),
            ("https:/ada:", "h0rse".to_string(), "@host/a/b"),
            ("amqp://ada:", "$ecret".to_string(), "@host"),
            ("git+ssh://ada%20l:", "%40horse".to_string(), "@host/a"),
            ("(https://hooks.slack.com/services/", "T0123ABCD/B0123ABCD/a1B2c3D4".to_string(), ")"),
            ("AccountName=ours;AccountKey=", format!("{long}=="), ";EndpointSuffix=core"),
            ("https://x.blob.core.example/a?sv=2&sig=", format!("{long}%3D"), "&se=1"),
        ];
        for (before, secret, after) in &cases {
            let redacted = redactor.text(&format!("{before}{secret}{after}")).to_string();
            assert!(redacted.starts_with(&format!("{before}[")), "{redacted}");
            assert!(redacted.ends_with(&format!("]{after}")), "{redacted}");
            assert!(!redacted.contains(secret), "{redacted}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "src/token.rs",
            "let token = self.tokens.next_token();",
            "assets/icon@2x.png",
            "the token: a word",
            "node_modules/@scope/name/index.js",
            "sk-learn",
            "http://localhost:8080/node_modules/@scope/x",
            "{\"url\":\"http://localhost:8080\",\"at\":\"icon@2x.png\"}",
            "https://ada:$PASSWORD@host/x and postgres://{user}:{password}@{host}/x",
            "https://user:***@host",
            "https://ada@host/x",
            "SG.ConfigurationManagerOfAll.ApplicationSettingsOf",
            "src/whsec_handling_of_webhooks.rs",
            "hooks.slack.com/services/",
            "AccountKey=<your key>; see docs/account_key.md",
            "fn account_key(name: &str) -> AccountKey",
            "ya29.md",
            "C:/repo:x@y",
            "dop_v1_token",
        ] {
            assert_eq!(Redactor::compiled().text(text), text);
        }
    }
}
