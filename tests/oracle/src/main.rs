//! Holds our engine against promtool: random rules over random series, and everything that they write, step by step.
//!
//!     tests/oracle/run [--cases N] [--seed S] [--only NUMBER] [--keep FOLDER]
//!     tests/oracle/run replay TEST.json RULES.json
//!
//! `replay` goes over two such files with our engine alone and says how much it was; the benchmark calls it.

mod case;
mod differences;
mod expressions;
mod generate;
mod notation;
mod ours;
mod series;
mod shrink;
mod theirs;
mod timeline;

use anyhow::{Context, bail};
use case::{Case, Reader};
use differences::Difference;
use fake_factory::seed::Seed;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use timeline::{Timeline, difference};

/// Cases that promtool plays in one call.
const BATCH: usize = 100;
/// Failures that are made smaller and shown; the others are counted.
const SHOWN_MAX: usize = 5;

struct Arguments {
    cases: u64,
    seed: u64,
    only: Option<u64>,
    folder: PathBuf,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    /// Cases with an expression of the table's row that did differ.
    known: Vec<usize>,
    /// Evaluations that failed on both sides.
    failing: usize,
    /// Steps at which there was something to see.
    seen: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let code = match arguments.split_first() {
        Some((verb, files)) if verb == "replay" => replay(files).map(|()| 0),
        _ => read(&arguments).and_then(|arguments| run(&arguments)),
    };
    match code {
        Ok(failed) => ExitCode::from(u8::from(failed > 0)),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn read(arguments: &[String]) -> anyhow::Result<Arguments> {
    let mut read = Arguments {
        cases: 2_000,
        seed: 329,
        only: None,
        folder: std::env::temp_dir().join(format!("oracle-{}", std::process::id())),
    };
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let value = rest
            .next()
            .with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--cases" => read.cases = value.parse()?,
            "--seed" => read.seed = value.parse()?,
            "--only" => read.only = Some(value.parse()?),
            "--keep" => read.folder = PathBuf::from(value),
            _ => bail!("unexpected argument {word:?}"),
        }
    }
    Ok(read)
}

fn replay(files: &[String]) -> anyhow::Result<()> {
    let [test, rules] = files else {
        bail!("usage: replay TEST.json RULES.json");
    };
    let played = ours::play(&fs::read_to_string(test)?, &fs::read_to_string(rules)?)?;
    match played.timeline {
        Timeline::Steps(steps) => {
            println!(
                "{} samples, {} series seen at {} steps",
                played.samples,
                steps.iter().map(timeline::Step::len).sum::<usize>(),
                steps.len()
            );
            Ok(())
        }
        Timeline::Failed(at_ms, rules) => bail!("{rules:?} failed at {at_ms} ms"),
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<usize> {
    let Some(version) = theirs::version() else {
        println!("skipped: there is no promtool (Debian's package is called prometheus)");
        println!("0 passed, 0 failed, {} skipped", arguments.cases);
        return Ok(0);
    };
    println!("{version}, seed {}", arguments.seed);
    let table = differences::table()?;
    let seed = Seed::new(arguments.seed).of("oracle");
    let numbers: Vec<u64> = match arguments.only {
        Some(number) => vec![number],
        None => (0..arguments.cases).collect(),
    };
    let mut counts = Counts {
        known: vec![0; table.len()],
        ..Counts::default()
    };
    for numbers in numbers.chunks(BATCH) {
        let cases: Vec<Case> = numbers
            .iter()
            .map(|number| generate::case(seed, *number))
            .collect();
        let all: Vec<&Case> = cases.iter().collect();
        let theirs = theirs::play(&arguments.folder, &all)?;
        for (case, theirs) in cases.iter().zip(&theirs) {
            judge(case, theirs, &table, &mut counts, arguments)?;
        }
    }
    for (difference, count) in table.iter().zip(&counts.known) {
        match count {
            0 => println!("listed, and never seen: {}", difference.name),
            _ => println!("{count} cases differ as listed: {}", difference.name),
        }
    }
    println!(
        "{} evaluations failed on both sides; {} series of alerts and records compared",
        counts.failing, counts.seen
    );
    if counts.failed == 0
        && std::env::temp_dir() == arguments.folder.parent().unwrap_or(Path::new(""))
    {
        fs::remove_dir_all(&arguments.folder)?;
    }
    println!(
        "{} passed, {} failed, 0 skipped",
        counts.passed, counts.failed
    );
    Ok(counts.failed)
}

fn judge(
    case: &Case,
    theirs: &Timeline,
    table: &[Difference],
    counts: &mut Counts,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let ours = ours::play(&case.test_file(Reader::Ours), &case.rule_file(Reader::Ours))
        .with_context(|| format!("case {}\n{}", case.number, case.rule_file(Reader::Ours)))?;
    match theirs {
        Timeline::Failed(..) => counts.failing += 1,
        Timeline::Steps(steps) => {
            counts.seen += steps.iter().map(timeline::Step::len).sum::<usize>();
        }
    }
    let Some(why) = difference(case.evaluation_s, &ours.timeline, theirs) else {
        counts.passed += 1;
        return Ok(());
    };
    if let Some(row) = table.iter().position(|difference| difference.touches(case)) {
        counts.known[row] += 1;
        counts.passed += 1;
        return Ok(());
    }
    counts.failed += 1;
    println!("FAIL case {}: {why}", case.number);
    if counts.failed <= SHOWN_MAX {
        show(case, arguments)?;
    }
    Ok(())
}

/// The case made smaller, and how to see it again.
fn show(case: &Case, arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("case-{}", case.number));
    let mut why = String::new();
    let smallest = shrink::shrink(case, &mut |case| {
        let Ok(theirs) = theirs::play(&folder, &[case]) else {
            return false;
        };
        let Ok(ours) = ours::play(&case.test_file(Reader::Ours), &case.rule_file(Reader::Ours))
        else {
            return false;
        };
        let differs = difference(case.evaluation_s, &ours.timeline, &theirs[0]);
        let found = differs.is_some();
        why = differs.unwrap_or(why.clone());
        found
    });
    theirs::play(&folder, &[&smallest])?;
    println!("  at its smallest: {why}");
    for group in &smallest.groups {
        for rule in &group.rules {
            println!(
                "  {} {}: {} (for {} s, keep {} s)",
                group.name, rule.name, rule.expr, rule.hold_s, rule.keep_s
            );
        }
    }
    for series in &smallest.series {
        println!("  {} {}", series.name, series.values.join(" "));
    }
    println!(
        "  every {} s, samples every {} ms",
        smallest.evaluation_s, smallest.interval_ms
    );
    println!(
        "  again: tests/oracle/run --seed {} --only {}",
        arguments.seed, case.number
    );
    println!(
        "  promtool alone: cd {} && promtool test rules {}.test.json",
        folder.display(),
        case.number
    );
    Ok(())
}
