//! Each strategy by its parts. Promises are judged by these parts, so no search sees a wrong one.

use attune_protocol::{AtCommit, AtTick, AtUpgrade, Expiry, Strategy};

#[test]
fn strategies_are_what_they_are_called() {
    let parts = |at_upgrade, at_commit, at_tick, expiry| Strategy {
        at_upgrade,
        at_commit,
        at_tick,
        expiry,
    };
    let kept = |at_commit, expiry| parts(AtUpgrade::Keep, at_commit, AtTick::Nothing, expiry);
    assert_eq!(Strategy::lazy(), kept(AtCommit::Invalidate, Expiry::Never));
    assert_eq!(Strategy::push(), kept(AtCommit::Push, Expiry::Never));
    assert_eq!(Strategy::lease(7), kept(AtCommit::Invalidate, Expiry::Ticks(7)));
    assert_eq!(Strategy::access_count(7), kept(AtCommit::Invalidate, Expiry::Reads(7)));
    assert_eq!(
        Strategy::eager(),
        parts(AtUpgrade::Invalidate, AtCommit::Invalidate, AtTick::Nothing, Expiry::Never)
    );
    assert_eq!(
        Strategy::broadcast(),
        parts(AtUpgrade::Keep, AtCommit::Silent, AtTick::Push, Expiry::Never)
    );
}
