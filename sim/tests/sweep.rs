//! Sweeps: what a file says is what is run, and however a sweep is cut up, the rows are the same.

use attune_sim::results::{Cell, RowSink};
use attune_sim::sweep::parts::{Folder, Shard, assemble};
use attune_sim::sweep::{Sweep, SweepError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

const BASE: &str = "
simulation: {duration_ticks: 20, num_agents: 3, seed: 5}
scenario: {name: base, action_probability: 0.75, write_probability: 0.2}
artifacts:
  - {id: a, size_tokens: 100}
  - {id: b, size_tokens: 1000}
";

/// A folder of its own, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("attune-sweep-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("base.yaml"), BASE).unwrap();
        Place(path)
    }

    fn sweep(&self, vary: &str) -> Result<Sweep, SweepError> {
        let file = self.0.join("sweep.yaml");
        std::fs::write(&file, format!("name: test\nscenario: base.yaml\n{vary}")).unwrap();
        Sweep::read(&file)
    }

    fn refused(&self, vary: &str) -> String {
        self.sweep(vary).unwrap_err().to_string()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Default)]
struct Rows(Vec<Vec<Cell>>);

impl RowSink for Rows {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.0.push(cells.to_vec());
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

fn direct(sweep: &Sweep) -> Vec<Vec<Cell>> {
    (0..sweep.points()).flat_map(|point| sweep.rows_of(point, &|| true).unwrap()).collect()
}

fn assembled(folders: &[&Path]) -> Result<Vec<Vec<Cell>>, SweepError> {
    let folders = folders.iter().map(|path| Folder::open(path)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Rows::default();
    assemble(&folders, &mut rows)?;
    Ok(rows.0)
}

const VARY: &str = "
runs: 3
samples: {count: 520, seed: 9}
vary:
  - simulation.num_agents: [2, 4]
    artifacts[1].size_tokens: [10, 20]
  - scenario.write_probability: {random: {uniform: {from: 0, to: 1}}}
  - network.latency_ticks: {random: {choice: [1, {uniform: {min: 0, max: 3}}]}}
";

#[test]
fn a_sweep_that_is_cut_up_has_the_rows_of_one_that_is_not() {
    let place = Place::new("cut");
    let sweep = place.sweep(VARY).unwrap();
    assert_eq!(sweep.points(), 1040);
    let expected = direct(&sweep);
    assert_eq!(expected.len(), 1040 * sweep.strategies.len());
    let nothing = |_: usize| {};

    // Stopped in the middle, and gone on with.
    let stopped = place.0.join("stopped");
    let folder = Folder::begin(&stopped, &sweep, false).unwrap();
    let runs = AtomicUsize::new(0);
    let go_on = || runs.fetch_add(1, Ordering::Relaxed) < 6_000;
    let outcome = folder.compute(&sweep, Shard::WHOLE, &go_on, &nothing);
    assert!(matches!(outcome, Err(SweepError::Stopped)), "{outcome:?}");
    let incomplete = assembled(&[&stopped]).unwrap_err().to_string();
    assert!(incomplete.contains("parts are not there"), "{incomplete}");
    let again = Folder::begin(&stopped, &sweep, false).err().unwrap().to_string();
    assert!(again.contains("--resume"), "{again}");
    let folder = Folder::begin(&stopped, &sweep, true).unwrap();
    let points = AtomicUsize::new(0);
    let done = |more: usize| _ = points.fetch_add(more, Ordering::Relaxed);
    let before = runs.load(Ordering::Relaxed);
    assert!(before >= 6_000, "some of it was done before");
    folder.compute(&sweep, Shard::WHOLE, &|| true, &done).unwrap();
    assert_eq!(points.into_inner(), 1040, "what was there counts as done");
    assert_eq!(assembled(&[&stopped]).unwrap(), expected);

    // In three shards, each in a folder of its own, on one thread.
    let shards: Vec<PathBuf> = (1..=3).map(|shard| place.0.join(format!("{shard}"))).collect();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for (number, path) in (1..).zip(&shards) {
        let folder = Folder::begin(path, &sweep, false).unwrap();
        let shard = Shard { number, count: 3 };
        one.install(|| folder.compute(&sweep, shard, &|| true, &nothing)).unwrap();
    }
    let folders: Vec<&Path> = shards.iter().map(PathBuf::as_path).collect();
    assert!(assembled(&folders[..2]).is_err(), "a shard is missing");
    assert_eq!(assembled(&folders).unwrap(), expected);
}

#[test]
fn parts_of_another_sweep_are_refused() {
    let place = Place::new("other");
    let vary = |runs| format!("runs: {runs}\nvary:\n  - simulation.num_agents: [2, 4]\n");
    let (one, other) = (place.0.join("one"), place.0.join("other"));
    let sweep = place.sweep(&vary(1)).unwrap();
    Folder::begin(&one, &sweep, false).unwrap();
    let changed = place.sweep(&vary(2)).unwrap();
    let refused = Folder::begin(&one, &changed, true).err().unwrap().to_string();
    assert!(refused.contains("another sweep"), "{refused}");
    Folder::begin(&other, &changed, false).unwrap();
    let refused = assembled(&[&one, &other]).unwrap_err().to_string();
    assert!(refused.contains("another sweep"), "{refused}");
    // Not only what the sweep says: the base scenario, too.
    std::fs::write(place.0.join("base.yaml"), BASE.replace("0.2", "0.3")).unwrap();
    let changed = place.sweep(&vary(1)).unwrap();
    assert!(Folder::begin(&one, &changed, true).is_err());
}

#[test]
fn a_damaged_part_is_refused_with_its_name() {
    let place = Place::new("damaged");
    let sweep = place.sweep("vary:\n  - simulation.num_agents: [2, 4]\n").unwrap();
    let path = place.0.join("parts");
    let folder = Folder::begin(&path, &sweep, false).unwrap();
    folder.compute(&sweep, Shard::WHOLE, &|| true, &|_| {}).unwrap();
    let part = path.join("part-000001.csv");
    let text = std::fs::read_to_string(&part).unwrap();
    // Without its last row, and with another part's rows.
    let (shorter, _) = text.trim_end().rsplit_once('\n').unwrap();
    let other = std::fs::read_to_string(path.join("part-000000.csv")).unwrap();
    for wrong in [shorter, &other, ""] {
        std::fs::write(&part, wrong).unwrap();
        let refused = assembled(&[&path]).unwrap_err().to_string();
        assert!(refused.contains("part-000001.csv: is not whole"), "{refused}");
    }
    std::fs::write(&part, text.replacen("eager,1,", "eager,x,", 1)).unwrap();
    let refused = assembled(&[&path]).unwrap_err().to_string();
    assert!(refused.contains("part-000001.csv") && refused.contains("line 2"), "{refused}");
}

#[test]
fn a_point_is_the_base_with_its_values() {
    let place = Place::new("point");
    let sweep = place
        .sweep(
            "vary:
  - scenario.write_probability: {linear: {from: 0, to: 1, steps: 3}}
  - simulation.num_agents: {log: {from: 1, to: 1000, steps: 4}}
    artifacts[].size_tokens: [7, 8, 9, 10]
",
        )
        .unwrap();
    assert_eq!(sweep.points(), 12);
    let scenario = sweep.scenario(1 + 4).unwrap();
    assert_eq!((scenario.write_probability, scenario.agents), (0.5, 10));
    assert_eq!(scenario.artifacts.iter().map(|a| a.size_tokens).collect::<Vec<_>>(), [8, 8]);
    assert_eq!(scenario.seed, 5);
    let names: Vec<String> = sweep.columns().into_iter().map(|column| column.name).collect();
    let first = ["point", "scenario.write_probability", "simulation.num_agents"];
    assert_eq!(names[..3], first);
    let rows = sweep.rows_of(5, &|| true).unwrap();
    let Cell::Number(half) = rows[0][1] else { panic!("{:?}", rows[0]) };
    assert_eq!((half, &rows[0][2], &rows[0][3]), (0.5, &Cell::Integer(10), &Cell::Integer(8)));
}

/// By hand from the reports of single runs.
#[test]
fn a_row_is_the_mean_of_runs_with_consecutive_seeds() {
    use attune_sim::engine::{StrategyName, run};
    let place = Place::new("mean");
    let vary = "runs: 4\nstrategies: [broadcast, lazy]\nvary:\n  - simulation.num_agents: [5]\n";
    let sweep = place.sweep(vary).unwrap();
    let scenario = sweep.scenario(0).unwrap();
    let tokens = |strategy| {
        let runs = (5..9).map(|seed| run(&scenario, strategy, seed).unwrap());
        runs.map(|run| run.synchronization_tokens as f64).sum::<f64>() / 4.0
    };
    let (broadcast, lazy) = (tokens(StrategyName::Broadcast), tokens(StrategyName::Lazy));
    let columns = sweep.columns();
    let place = |name: &str| columns.iter().position(|column| column.name == name).unwrap();
    let rows = sweep.rows_of(0, &|| true).unwrap();
    assert_eq!(rows[1][place("synchronization")], Cell::Number(lazy));
    let Cell::Number(saved) = rows[1][place("saved")] else { panic!() };
    assert!((saved - 100.0 * (1.0 - lazy / broadcast)).abs() < 1e-9, "{saved}");
    assert_eq!(rows[0][place("saved")], Cell::Number(0.0));
}

#[test]
fn random_values_depend_on_their_own_parameter_alone() {
    let place = Place::new("random");
    let one = "  - scenario.write_probability: {random: {log: {from: 0.001, to: 1}}}\n";
    let two = "  - network.message_loss_rate: {random: {uniform: {from: 0, to: 0.5}}}\n";
    let probabilities = |vary: &str| {
        let sweep =
            place.sweep(&format!("samples: {{count: 50, seed: 3}}\nvary:\n{vary}")).unwrap();
        (0..50).map(|p| sweep.scenario(p).unwrap().write_probability).collect::<Vec<_>>()
    };
    let alone = probabilities(one);
    assert_eq!(alone, probabilities(&format!("{two}{one}")));
    assert!(alone.iter().all(|p| (0.001..=1.0).contains(p)));
    // Orders of magnitude are as likely: about a third below 0.01.
    let small = alone.iter().filter(|&&p| p < 0.01).count();
    assert!((8..=26).contains(&small), "{small}");
}

#[test]
fn mistakes_are_refused_with_where_and_how_to_mend_them() {
    let place = Place::new("mistakes");
    let cases = [
        ("vary:\n  - protocol.lese_ticks: [1, 2]\n", "did you mean lease_ticks?"),
        ("vary:\n  - simulation.num_agents: [2, 0]\n", "found 0, allowed: a whole number"),
        ("vary:\n  - simulation.num_agents: []\n", "no values"),
        ("vary: []\n", "nothing is varied"),
        ("vary:\n  - artifacts[2].size_tokens: [1, 2]\n", "artifacts has 2 items"),
        ("vary:\n  - simulation.num_agents: {log: {from: 0, to: 5, steps: 3}}\n", "above 0"),
        (
            "vary:\n  - scenario.write_probability: {linear: {from: 0, to: .inf, steps: 3}}\n",
            "to: found inf; give a number that is finite",
        ),
        (
            "samples: {count: 9, seed: 1}\nvary:\n  - scenario.write_probability: {random: \
             {uniform: {from: .nan, to: 1}}}\n",
            "from: found NaN",
        ),
        ("vary:\n  - simulation.num_agents: {lin: {from: 0, to: 5, steps: 3}}\n", "linear"),
        ("vary:\n  - simulation.num_agents: {linear: {from: 1, to: 5}}\n", "missing field `steps`"),
        ("vary:\n  - simulation.num_agents: 3\n", "give a list"),
        (
            "vary:\n  - simulation.num_agents: [2, 3]\n  - simulation.num_agents: [4]\n",
            "varied twice",
        ),
        ("vary:\n  - {simulation.num_agents: [2, 3], simulation.seed: [1]}\n", "change together"),
        (
            "vary:\n  - scenario.write_probability: {random: {uniform: {from: 0, to: 1}}}\n",
            "add how often",
        ),
        ("samples: {count: 3, seed: 1}\nvary:\n  - simulation.seed: [1, 2]\n", "nothing in vary"),
        ("strategies: [lazzy]\nvary:\n  - simulation.seed: [1, 2]\n", "there is no \"lazzy\""),
        ("runs: 0\nvary:\n  - simulation.seed: [1, 2]\n", "runs: found 0"),
        ("rns: 3\nvary:\n  - simulation.seed: [1, 2]\n", "unknown field `rns`"),
        // The workload clamps it: every value comes to the same.
        ("vary:\n  - artifacts[].volatility: [0.1, 0.1]\n", "none of the values changes"),
        (
            "engine: published\nvary:\n  - protocol.bound_reads: [1, 2]\n",
            "the published simulator cannot model protocol.bound_reads",
        ),
    ];
    for (vary, expected) in cases {
        let refused = match place.sweep(vary) {
            Err(SweepError::Syntax { file, source }) => format!("{}: {source}", file.display()),
            Err(error) => error.to_string(),
            Ok(sweep) => sweep.rows_of(0, &|| true).unwrap_err().to_string(),
        };
        assert!(refused.contains(expected), "{vary}{refused}");
    }
    assert!(place.refused("vary: [\n").contains("sweep.yaml"));
}

#[test]
fn what_is_no_yaml_is_not_called_an_unknown_field() {
    let place = Place::new("syntax");
    let file = place.0.join("sweep.yaml");
    std::fs::write(&file, "x: [").unwrap();
    let SweepError::Syntax { source, .. } = Sweep::read(&file).unwrap_err() else { panic!("read") };
    assert!(!source.to_string().contains("unknown field"), "{source}");
}

/// Two hundred thousand samples, of which a few at most are tried before the first runs.
#[test]
fn a_long_axis_is_tried_where_it_can_be_wrong() {
    let place = Place::new("long");
    let samples = "samples: {count: 200000, seed: 3}\nvary:\n  - simulation.num_agents: {random: \
                   {uniform: {from: 1, to: 40}}}\n  - scenario.write_probability: {random: ";
    let sweep = place.sweep(&format!("{samples}{{uniform: {{from: 0, to: 1}}}}}}\n")).unwrap();
    assert_eq!(sweep.points(), 200_000);
    let beyond = place.refused(&format!("{samples}{{uniform: {{from: 0, to: 1.00002}}}}}}\n"));
    assert!(beyond.contains("scenario.write_probability"), "{beyond}");
    let odd = place.refused(&format!("{samples}{{choice: [0.1, often, 0.2]}}}}\n"));
    assert!(odd.contains("= often"), "{odd}");
    let hidden = "samples: {count: 300, seed: 3}\nvary:\n  - scenario.write_probability: {random: \
                  {choice: [0.1]}}\n";
    assert!(place.refused(hidden).contains("none of the values changes"));
}
