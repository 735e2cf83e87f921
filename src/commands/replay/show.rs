//! A comparison of strategies, for people.

use crate::output;
use attune_sim::engine::StrategyName;
use attune_sim::rerun::{
    Account, Comparison, Counts, Granularity, LostUpdates, Peers, Recommendation, Settings, saved,
};
use attune_sim::results::{Cell, Column, Table};

pub(super) fn text(comparison: &Comparison) -> String {
    let Comparison { settings, trace, today, peers, .. } = comparison;
    [
        counts(trace, settings),
        assumed(settings),
        "\nTokens\n".to_string(),
        output::show(&tokens(comparison)),
        "\nReads, staleness, messages\n".to_string(),
        output::show(&behaviour(comparison)),
        "\nMoney, dollars\n".to_string(),
        output::show(&money(comparison)),
        "\n".to_string(),
        lost(&today.lost_updates, trace),
        shared(peers, settings),
        recommendation(comparison),
    ]
    .concat()
}

fn counts(trace: &Counts, settings: &Settings) -> String {
    let groups = match settings.across {
        true => format!(
            "{}, one directory for each of {}",
            plural(trace.sessions, "session"),
            plural(trace.groups, "project")
        ),
        false => format!("{}, a directory each", plural(trace.sessions, "session")),
    };
    let mut text = format!(
        "          {groups}; {}, {}; {}, {}\n",
        plural(trace.agents, "agent"),
        plural(trace.artifacts, "artifact"),
        plural(trace.reads, "read"),
        plural(trace.writes, "write"),
    );
    let notes = [
        (trace.failed, "failed, and moved nothing"),
        (trace.conflicts, "writes refused because the artifact had changed; they moved nothing"),
        (trace.changed_outside, "times content was found that no recorded write made"),
        (trace.reads_of_unknown_lines, "times unknown lines were read: hits only on a whole copy"),
        (trace.reads_estimated, "times the size of a read was unknown, and is estimated"),
        (trace.reads_confirmed, "times a read only confirmed the content"),
    ];
    for (count, what) in notes {
        if count > 0 {
            text += &format!("          {count} {what}\n");
        }
    }
    text
}

fn assumed(settings: &Settings) -> String {
    let Settings { ttl_ticks, access_count_k, .. } = settings;
    let copies = match settings.granularity {
        Granularity::Lines => "sets of lines",
        Granularity::WholeFiles => "whole artifacts",
    };
    let sent = match settings.deltas {
        true => "what a write changed is sent where it is less than the content",
        false => "content is sent, not changes",
    };
    let bound = match settings.bound_reads {
        Some(bound) => format!("a copy is read at most {bound} times without a sync"),
        None => "no bound on reads without a sync".to_string(),
    };
    format!(
        "assumed   copies are {copies}; {sent};\n          {bound}; a lease lasts {ttl_ticks} s, an \
         access_count {access_count_k} reads;\n          messages take no time\n"
    )
}

fn tokens(comparison: &Comparison) -> Table {
    let today = comparison.today.tokens;
    let saved_of_today = |own| saved(own, today).map_or(Cell::Missing, Cell::from);
    let mut rows = vec![[vec!["today".into(), whole(today)], vec![Cell::Missing; 10]].concat()];
    for account in &comparison.strategies {
        let sent = account.tokens;
        let total = sent.synchronization();
        rows.push(vec![
            account.strategy.name().into(),
            whole(total),
            saved_of_today(total),
            whole(sent.fetched.cold),
            whole(sent.fetched.invalidated),
            whole(sent.fetched.expired + sent.fetched.bound),
            whole(sent.fetched.other_lines),
            whole(sent.granted),
            whole(sent.deltas),
            whole(sent.pushed),
            whole(sent.invalidations),
            whole(sent.control),
        ]);
    }
    let columns = vec![
        Column::text("strategy"),
        Column::integer("all", ""),
        Column::number("saved", "% of today", 1),
        Column::integer("cold", ""),
        Column::integer("invalidated", ""),
        Column::integer("expired", ""),
        Column::integer("other_lines", ""),
        Column::integer("for_writes", ""),
        Column::integer("deltas", ""),
        Column::integer("pushed", ""),
        Column::integer("invalidations", ""),
        Column::integer("control", "not in all"),
    ];
    table("tokens", columns, rows)
}

fn behaviour(comparison: &Comparison) -> Table {
    let lost = comparison.today.lost_updates.lost;
    let mut today = vec![Cell::Missing; 14];
    today[0] = "today".into();
    today[8] = whole(0);
    today[12] = whole(lost);
    let mut rows = vec![today];
    for account in &comparison.strategies {
        let (misses, stale) = (account.misses, account.staleness);
        let any = stale.stale_hits > 0;
        rows.push(vec![
            account.strategy.name().into(),
            (100.0 * account.hit_rate()).into(),
            whole(account.hits),
            whole(misses.cold),
            whole(misses.invalidated),
            whole(misses.expired),
            whole(misses.bound),
            whole(misses.other_lines),
            whole(stale.stale_hits),
            if any { Cell::Number(stale.versions_mean) } else { Cell::Missing },
            if any { whole(stale.versions_max.into()) } else { Cell::Missing },
            whole(stale.if_outside_is_unwatched),
            whole(account.lost_updates),
            whole(account.messages.total()),
        ]);
    }
    let columns = vec![
        Column::text("strategy"),
        Column::number("hit_rate", "% of reads", 1),
        Column::integer("hits", ""),
        Column::integer("cold", "misses"),
        Column::integer("invalidated", "misses"),
        Column::integer("expired", "misses"),
        Column::integer("bound", "misses"),
        Column::integer("other_lines", "misses"),
        Column::integer("stale_hits", ""),
        Column::number("behind", "versions, mean", 1),
        Column::integer("behind", "versions, max"),
        Column::integer("stale_if", "unwatched"),
        Column::integer("lost", "updates"),
        Column::integer("messages", ""),
    ];
    table("behaviour", columns, rows)
}

fn money(comparison: &Comparison) -> Table {
    let rows = comparison.money.iter().map(|cost| {
        vec![
            cost.plan.as_str().into(),
            cost.strategy.map_or("today", StrategyName::name).into(),
            cost.once.without_cache.into(),
            cost.once.with_cache.into(),
            cost.kept.without_cache.into(),
            cost.kept.with_cache.into(),
        ]
    });
    let columns = vec![
        Column::text("plan"),
        Column::text("strategy"),
        Column::number("sent_once", "no cache", 2),
        Column::number("sent_once", "cache", 2),
        Column::number("kept_in_context", "no cache", 2),
        Column::number("kept_in_context", "cache", 2),
    ];
    table("money", columns, rows.collect())
}

fn lost(found: &LostUpdates, trace: &Counts) -> String {
    let caveat = match trace.reads {
        0 => "          (no read was recorded: who looked before it wrote cannot be told)\n",
        _ => "",
    };
    format!(
        "lost      {} of {} that can be judged were derived from what was not current any more\n          \
         ({} judged by content, {} by order; {} of what the author had never read, {} made the \
         artifact)\n{caveat}",
        found.lost,
        plural(found.judged(), "write"),
        found.judged_by_content,
        found.judged_by_order,
        found.unseen,
        found.made,
    )
}

fn shared(peers: &Peers, settings: &Settings) -> String {
    if peers.first_reads == 0 {
        return String::new();
    }
    let who = if settings.across { "agent of the project" } else { "agent of the session" };
    format!(
        "shared    of {} of an artifact by an agent, another {who} had it unchanged\n          \
         within the hour before: {:.1} % ({:.1} % of their {} tokens)\n",
        plural(peers.first_reads, "first read"),
        100.0 * peers.served as f64 / peers.first_reads as f64,
        if peers.first_tokens == 0 {
            0.0
        } else {
            100.0 * peers.served_tokens as f64 / peers.first_tokens as f64
        },
        peers.first_tokens,
    )
}

fn recommendation(comparison: &Comparison) -> String {
    let Some(found) = &comparison.recommendation else {
        let sends = |account: &Account| account.tokens.synchronization() > 0;
        if !comparison.strategies.iter().any(sends) {
            return "best      none: no strategy sends a token, since nothing of a known size was read \
                    or replaced\n"
                .to_string();
        }
        return "best      none: every strategy has more stale hits than allowed\n".to_string();
    };
    let Recommendation { strategy, tokens, saved_of_today_percent, next, equal, .. } = found;
    let mut text = format!("best      {strategy}: {tokens} tokens");
    if let Some(percent) = saved_of_today_percent {
        text += &match *percent >= 0.0 {
            true => format!(", {percent:.1} % fewer than today"),
            false => format!(", {:.1} % more than today: as it is, it is cheaper", -percent),
        };
    }
    if let Some(next) = next {
        text += &format!(", {:.1} % fewer than {}", next.saved_percent, next.strategy);
    }
    text += "\n";
    if !equal.is_empty() {
        text += &format!("          as few tokens: {}\n", names(equal));
    }
    if !found.too_stale.is_empty() {
        text += &format!("          too stale: {}\n", names(&found.too_stale));
    }
    text + &format!(
        "          (fewest tokens with at most {} % stale hits; of equal ones the least control \
         traffic)\n",
        found.stale_hits_max_percent
    )
}

fn names(strategies: &[StrategyName]) -> String {
    strategies.iter().map(|name| name.name()).collect::<Vec<_>>().join(", ")
}

fn table(name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table { name: name.to_string(), title: String::new(), columns, rows }
}

fn whole(number: u64) -> Cell {
    Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
