//! Functions of the engine by the names that Python has for them, choices, and windows.

use super::operand::{anything, comparable, textual};
use super::{Node, refuse};
use pyo3::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use yara_core::tree::{Case, Custom, CustomCall, DatePart, Expr, Function, Literal};
use yara_core::value::{Type, Value};

/// The function of a name.
fn named(name: &str) -> Option<Function> {
    use Function::*;
    Some(match name {
        "coalesce" => Coalesce,
        "nullif" => NullIf,
        "greatest" => Greatest,
        "least" => Least,
        "lower" => Lower,
        "upper" => Upper,
        "length" => Length,
        "trim" => Trim,
        "trim_start" => TrimStart,
        "trim_end" => TrimEnd,
        "substring" => Substring,
        "replace" => Replace,
        "pad_left" => PadLeft,
        "pad_right" => PadRight,
        "position" => Position,
        "repeat" => Repeat,
        "reverse" => Reverse,
        "regex" => RegexMatches { ignore_case: false },
        "iregex" => RegexMatches { ignore_case: true },
        "regex_replace" => RegexReplace { all: true, ignore_case: false },
        "iregex_replace" => RegexReplace { all: true, ignore_case: true },
        "regex_replace_first" => RegexReplace { all: false, ignore_case: false },
        "iregex_replace_first" => RegexReplace { all: false, ignore_case: true },
        "abs" => Abs,
        "sign" => Sign,
        "round" => Round,
        "trunc" => Trunc,
        "floor" => Floor,
        "ceil" => Ceil,
        "power" => Power,
        "sqrt" => Sqrt,
        "exp" => Exp,
        "ln" => Ln,
        "random" => Random,
        "now" => Now,
        "today" => Today,
        "age" => Age,
        "json_text" => JsonText,
        "json_string" => JsonString,
        "json_number" => JsonNumber,
        "json_boolean" => JsonBool,
        "json_has_key" => JsonHasKey,
        "json_has_any_key" => JsonHasAnyKey,
        "json_has_all_keys" => JsonHasAllKeys,
        "json_length" => JsonLength,
        "json_keys" => JsonKeys,
        "json_type" => JsonType,
        "array_contains" => ArrayContains,
        "array_overlaps" => ArrayOverlaps,
        "array_has" => ArrayHas,
        "array_has_null" => ArrayHasNull,
        "array_length" => ArrayLength,
        "array_append" => ArrayAppend,
        "array_remove" => ArrayRemove,
        "array_concat" => ArrayConcat,
        other => return moment(other),
    })
}

/// `extract_year`, `truncate_month`.
fn moment(name: &str) -> Option<Function> {
    if let Some(part) = name.strip_prefix("extract_") {
        return date_part(part).map(Function::Extract);
    }
    date_part(name.strip_prefix("truncate_")?).map(Function::Truncate)
}

fn date_part(name: &str) -> Option<DatePart> {
    Some(match name {
        "year" => DatePart::Year,
        "quarter" => DatePart::Quarter,
        "month" => DatePart::Month,
        "week" => DatePart::Week,
        "day" => DatePart::Day,
        "week_day" => DatePart::WeekDay,
        "year_day" => DatePart::YearDay,
        "hour" => DatePart::Hour,
        "minute" => DatePart::Minute,
        "second" => DatePart::Second,
        "microsecond" => DatePart::Microsecond,
        "epoch" => DatePart::Epoch,
        _ => return None,
    })
}

/// A function of the engine by its name.
#[pyfunction]
fn call(name: &str, arguments: Vec<Bound<'_, PyAny>>) -> PyResult<Node> {
    let Some(function) = named(name) else {
        return Err(refuse(format!("there is no function `{name}`")));
    };
    let (least, most) = function.arity();
    if arguments.len() < least || arguments.len() > most {
        return Err(refuse(format!("`{name}` does not take {} arguments", arguments.len())));
    }
    let like = arguments.iter().find_map(|argument| argument.cast::<Node>().ok());
    // What has the values of its first argument.
    let alike =
        matches!(function, Function::ArrayAppend | Function::ArrayRemove | Function::ArrayConcat);
    let same = matches!(
        function,
        Function::Coalesce | Function::NullIf | Function::Greatest | Function::Least
    );
    let mut nodes = Vec::with_capacity(arguments.len());
    for argument in &arguments {
        nodes.push(match like {
            Some(like) if same => comparable(argument, like.get())?,
            _ => anything(argument)?,
        });
    }
    let first = like.map(|like| like.get());
    let kind = match (function, first.and_then(|first| first.kind)) {
        (
            Function::Round | Function::Trunc | Function::Floor | Function::Ceil | Function::Abs,
            kind,
        )
        | (Function::Truncate(_), kind) => kind,
        _ => function.kind(&nodes),
    };
    let node = Expr::Call(function, nodes);
    Ok(match first {
        Some(first) if same || alike => first.like(node),
        _ => Node::of(node, kind),
    })
}

/// Whether the engine has a function of this name.
#[pyfunction]
fn is_known(name: &str) -> bool {
    named(name).is_some()
}

/// Whether texts match a full-text query in a language, or how well they do.
#[pyfunction]
fn search(
    query: &Bound<'_, PyAny>,
    texts: Vec<PyRef<'_, Node>>,
    language: &str,
    rank: bool,
) -> PyResult<Node> {
    let mut arguments = vec![textual(query)?];
    arguments.extend(texts.iter().map(|text| text.node.clone()));
    let language = known_name(language);
    let function = match rank {
        true => Function::SearchRank(language),
        false => Function::Search(language),
    };
    let kind = function.kind(&arguments);
    Ok(Node::of(Expr::Call(function, arguments), kind))
}

/// An operator of the database that the engine does not know.
#[pyfunction]
#[pyo3(signature = (symbol, left, right, kind = None))]
fn operator(
    symbol: String,
    left: &Node,
    right: &Bound<'_, PyAny>,
    kind: Option<&str>,
) -> PyResult<Node> {
    let kind: Option<Type> = kind.map(crate::schema::kind).transpose()?;
    let arguments = vec![left.node.clone(), comparable(right, left)?];
    let custom = Custom { call: CustomCall::Operator(symbol.into()), arguments, kind };
    Ok(Node::of(Expr::Custom(Box::new(custom)), kind))
}

/// A name for the rest of the program's life; each is kept once.
pub(super) fn known_name(name: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(name) {
        return found;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}

/// An argument of what the engine does not know. Whole numbers are of 32 bits where they fit: a
/// database makes them longer where it must, and never shorter.
pub(super) fn argument(value: &Bound<'_, PyAny>) -> PyResult<Expr> {
    Ok(match anything(value)? {
        Expr::Literal(Literal { value: Value::I64(wide), .. }) => {
            Expr::literal(i32::try_from(wide).map_or(Value::I64(wide), Value::I32))
        }
        other => other,
    })
}

/// A function of the database that the engine does not know.
#[pyfunction]
#[pyo3(signature = (name, arguments, kind = None))]
fn custom(name: &str, arguments: Vec<Bound<'_, PyAny>>, kind: Option<&str>) -> PyResult<Node> {
    let kind: Option<Type> = kind.map(crate::schema::kind).transpose()?;
    let path = name.split('.').map(|part| part.to_owned().into()).collect();
    let arguments = arguments.iter().map(argument).collect::<PyResult<_>>()?;
    let custom = Custom { call: CustomCall::Function(path), arguments, kind };
    Ok(Node::of(Expr::Custom(Box::new(custom)), kind))
}

/// The value of the first condition that is true.
#[pyfunction]
fn case(
    whens: Vec<(PyRef<'_, Node>, Bound<'_, PyAny>)>,
    otherwise: Option<Bound<'_, PyAny>>,
) -> PyResult<Node> {
    let values = whens.iter().map(|(_, value)| value).chain(&otherwise);
    let like = values.clone().find_map(|value| value.cast::<Node>().ok()).map(|node| node.get());
    // NULL is of the kind of the others; by itself it would be a text.
    let known = match (like, values.clone().find(|value| !value.is_none())) {
        (None, Some(plain)) => anything(plain)?.kind(),
        _ => None,
    };
    let value = |value: &Bound<'_, PyAny>| match (like, known) {
        (Some(like), _) => comparable(value, like),
        (None, Some(kind)) if value.is_none() => Ok(Expr::literal(Value::Null(kind))),
        (None, _) => anything(value),
    };
    let mut pairs = Vec::with_capacity(whens.len());
    for (condition, then) in &whens {
        pairs.push((condition.node.clone(), value(then)?));
    }
    let otherwise = otherwise.as_ref().map(value).transpose()?;
    let node = Expr::Case(Box::new(Case { whens: pairs, otherwise }));
    Ok(match like {
        Some(like) => like.like(node),
        None => Node::new(node),
    })
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(call, module)?)?;
    module.add_function(wrap_pyfunction!(custom, module)?)?;
    module.add_function(wrap_pyfunction!(is_known, module)?)?;
    module.add_function(wrap_pyfunction!(search, module)?)?;
    module.add_function(wrap_pyfunction!(operator, module)?)?;
    module.add_function(wrap_pyfunction!(case, module)?)
}
