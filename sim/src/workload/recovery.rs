//! What is made up from a model is fitted to that model again.

use super::file::Workload;
use super::fit::fit;
use super::generate::session;
use super::observe::Sample;

#[track_caller]
fn near(found: f64, right: f64, within: f64) {
    assert!((found - right).abs() <= within, "{found} for {right} ± {within}");
}

#[test]
fn parameters_are_found_again() {
    let team = include_str!("../../tests/workload/team.yaml");
    let right = Workload::from_yaml(team, "team.yaml").unwrap().sources.remove(0);
    let found = {
        let mut sample = Sample::default();
        (0..1200).for_each(|number| sample.observe(&session(&right, 7, number)));
        fit("team", "all", &sample).unwrap().model
    };
    near(found.team.alone, 0.6, 0.05);
    near(found.team.another_helper, 0.4, 0.06);
    near(found.team.stay, 0.8, 0.02);
    let (lead, expected) = (&found.lead, &right.lead);
    let locality = [
        (lead.locality.read_whole, expected.locality.read_whole),
        (lead.locality.read_part, expected.locality.read_part),
        (lead.locality.wrote_part, expected.locality.wrote_part),
        (lead.write.stay.read_whole, expected.write.stay.read_whole),
        (lead.write.back.read_part, expected.write.back.read_part),
    ];
    locality.into_iter().for_each(|(found, right)| near(found, right, 0.04));
    near(lead.discovery.discount, 0.4, 0.12);
    near(lead.discovery.strength, 3.0, 0.9);
    near(lead.returns.popularity, 0.8, 0.12);
    near(lead.returns.recency, 0.9, 0.1);
    near(found.artifacts.never_written, 0.3, 0.05);
    near(found.artifacts.changed_outside, 0.02, 0.005);
    near(found.reads.first.whole_slope, -0.8, 0.1);
    near(found.reads.again_after_parts.same_lines, 0.25, 0.05);
    // A part ends where its artifact ends, so that small artifacts have smaller ones.
    near(found.reads.first.part.slope, 0.3, 0.06);
    near(found.reads.again_after_whole.part.slope, 0.3, 0.06);
    near(found.reads.again_after_parts.part.slope, 0.3, 0.12);
    let turns = found.turns.unwrap();
    near(turns.same, 0.2, 0.02);
    near(turns.touch_after_touch, 0.6, 0.02);
    near(turns.touch_after_pause, 0.4, 0.03);
    near(turns.touching(), 0.5, 0.03);
    let helper = found.helper.unwrap();
    near(helper.write.back.read_whole, 0.1, 0.04);
    near(helper.locality.read_whole, 0.1, 0.03);
}
