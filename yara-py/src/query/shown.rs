//! Expressions and queries as a `repr` shows them: names, operators and functions as Python spells
//! them, and no values, which may be secrets.

use std::fmt::{self, Display, Formatter};
use yara_core::tree::{
    Aggregate, BinaryOperator, ColumnRef, CustomCall, Expr, Literal, MatchKind, Order, Origin,
    Quantifier, RawPart, Related, Select, TextMatch, Window, WindowFunction,
};
use yara_core::value::Value;

/// What stands for a value, and for what is too long to show.
const HIDDEN: &str = "…";
/// How many levels of an expression are shown, and how many parts of one.
const DEPTH: usize = 6;
const PARTS: usize = 8;

/// An expression, to be shown.
pub(super) fn expression(expr: &Expr) -> impl Display + '_ {
    Shown { expr, left: DEPTH }
}

/// A query, to be shown.
pub(super) fn query(select: &Select) -> impl Display + '_ {
    ShownQuery(select)
}

#[derive(Clone, Copy)]
struct Shown<'e> {
    expr: &'e Expr,
    /// How many levels may still be shown.
    left: usize,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(left) = self.left.checked_sub(1) else { return f.write_str(HIDDEN) };
        let part = |expr| Shown { expr, left };
        let inner = |expr| Inner(Shown { expr, left });
        match self.expr {
            Expr::Literal(literal) if literal.value.is_null() => f.write_str("None"),
            Expr::Literal(_) => f.write_str(HIDDEN),
            Expr::Column(named) => column(f, named),
            Expr::Fields(table, _) => f.write_str(table.0.model),
            Expr::Slot(slot) => f.write_str(slot.field.name),
            Expr::Output(output) => write!(f, "column {}", output.column + 1),
            Expr::Excluded(name) => write!(f, "excluded({name})"),
            Expr::Binary(operator, near, far) => {
                write!(f, "{} {} {}", inner(near), sign(*operator), inner(far))
            }
            Expr::Negate(operand) => write!(f, "-{}", inner(operand)),
            Expr::And(parts) => joined(f, parts, " & ", left),
            Expr::Or(parts) => joined(f, parts, " | ", left),
            Expr::Not(operand) => write!(f, "~{}", inner(operand)),
            Expr::IsNull(operand, negated) => {
                let name = if *negated { "is_not_null" } else { "is_null" };
                write!(f, "{}.{name}()", inner(operand))
            }
            Expr::Same(near, far, negated) => {
                let sign = if *negated { "!=" } else { "==" };
                write!(f, "{} {sign} {}", inner(near), inner(far))
            }
            Expr::Between(between) => {
                let (low, high) = (part(&between.low), part(&between.high));
                write!(f, "{}.between({low}, {high})", inner(&between.operand))
            }
            Expr::In(list) => write!(f, "{}.in_([{HIDDEN}])", inner(&list.operand)),
            Expr::InRows(rows) => {
                listed(f, "(", &rows.operands, left)?;
                write!(f, ".in_([{HIDDEN}])")
            }
            Expr::Tuple(parts) => listed(f, "(", parts, left),
            Expr::Match(text) => matched(f, text, left),
            Expr::Related(related) => asked(f, related, left),
            Expr::Aggregate(given) => aggregate(f, given, left),
            Expr::Call(function, parts) => {
                let name = name_of(&format!("{function:?}"));
                listed(f, &format!("{name}("), parts, left)
            }
            Expr::Exists(select) => write!(f, "exists({})", model(select)),
            Expr::Scalar(select) => write!(f, "subquery({})", model(select)),
            Expr::InSelect(operand, select) => {
                write!(f, "{}.in_({})", inner(operand), model(select))
            }
            Expr::Raw(raw) => {
                f.write_str("sql(")?;
                for piece in &raw.parts {
                    match piece {
                        RawPart::Text(text) => f.write_str(text)?,
                        RawPart::Expr(expr) => part(expr).fmt(f)?,
                    }
                }
                f.write_str(")")
            }
            Expr::Cast(operand, kind) => write!(f, "{}.cast({})", inner(operand), kind.name()),
            Expr::Case(case) => {
                f.write_str("case(")?;
                for (condition, value) in case.whens.iter().take(PARTS) {
                    write!(f, "{}: {}, ", part(condition), part(value))?;
                }
                match &case.otherwise {
                    Some(value) => write!(f, "default: {})", part(value)),
                    None => f.write_str("default: None)"),
                }
            }
            Expr::Window(given) => window(f, given, left),
            Expr::Custom(custom) => match (&custom.call, &*custom.arguments) {
                (CustomCall::Operator(symbol), [near, far]) => {
                    write!(f, "{} {symbol} {}", inner(near), inner(far))
                }
                (CustomCall::Operator(symbol), parts) => {
                    listed(f, &format!("{symbol}("), parts, left)
                }
                (CustomCall::Function(name), parts) => {
                    listed(f, &format!("{}(", name.join(".")), parts, left)
                }
            },
            Expr::Invalid(reason) => write!(f, "invalid: {reason}"),
        }
    }
}

/// A part of another expression, in parentheses where it has an operator of its own.
struct Inner<'e>(Shown<'e>);

impl Display for Inner<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.expr {
            Expr::Binary(..) | Expr::Same(..) | Expr::And(_) | Expr::Or(_) if self.0.left > 0 => {
                write!(f, "({})", self.0)
            }
            _ => self.0.fmt(f),
        }
    }
}

fn column(f: &mut Formatter<'_>, column: &ColumnRef) -> fmt::Result {
    match &column.origin {
        Origin::Named(name) => write!(f, "{name}")?,
        _ => f.write_str(column.table.0.model)?,
    }
    for step in &column.path {
        write!(f, ".{step}")?;
    }
    write!(f, ".{}", column.field)
}

fn sign(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add | BinaryOperator::Concat => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], with: &str, left: usize) -> fmt::Result {
    if parts.is_empty() {
        return f.write_str(if with == " & " { "true" } else { "false" });
    }
    if let [expr] = parts {
        return Shown { expr, left }.fmt(f);
    }
    for (at, expr) in parts.iter().enumerate().take(PARTS) {
        let before = if at == 0 { "" } else { with };
        write!(f, "{before}{}", Inner(Shown { expr, left }))?;
    }
    if parts.len() > PARTS {
        write!(f, "{with}{HIDDEN}")?;
    }
    Ok(())
}

/// `begin`, which opens a parenthesis, and what stands in it.
fn listed(f: &mut Formatter<'_>, begin: &str, parts: &[Expr], left: usize) -> fmt::Result {
    f.write_str(begin)?;
    for (at, expr) in parts.iter().enumerate().take(PARTS) {
        let before = if at == 0 { "" } else { ", " };
        write!(f, "{before}{}", Shown { expr, left })?;
    }
    f.write_str(if parts.len() > PARTS { ", …)" } else { ")" })
}

fn matched(f: &mut Formatter<'_>, text: &TextMatch, left: usize) -> fmt::Result {
    let name = match text.kind {
        MatchKind::Exact => "exact",
        MatchKind::Contains => "contains",
        MatchKind::StartsWith => "startswith",
        MatchKind::EndsWith => "endswith",
        MatchKind::Like => "like",
    };
    let ignoring = if text.ignore_case { "i" } else { "" };
    let operand = Inner(Shown { expr: &text.operand, left });
    let pattern = Shown { expr: &text.pattern, left };
    write!(f, "{operand}.{ignoring}{name}({pattern})")
}

fn asked(f: &mut Formatter<'_>, related: &Related, left: usize) -> fmt::Result {
    f.write_str(related.table.0.model)?;
    for step in &related.path {
        write!(f, ".{step}")?;
    }
    match &related.quantifier {
        Quantifier::Any => f.write_str(".any(")?,
        Quantifier::None => f.write_str(".none(")?,
        Quantifier::All => f.write_str(".all(")?,
        Quantifier::Count => f.write_str(".count(")?,
        Quantifier::Aggregate(given) => {
            f.write_str(".aggregate(")?;
            aggregate(f, given, left)?;
            if related.condition.is_some() {
                f.write_str(", ")?;
            }
        }
    }
    match &related.condition {
        Some(expr) => write!(f, "{})", Shown { expr, left }),
        None => f.write_str(")"),
    }
}

fn aggregate(f: &mut Formatter<'_>, given: &Aggregate, left: usize) -> fmt::Result {
    write!(f, "{}(", name_of(&format!("{:?}", given.function)))?;
    if let Some(expr) = &given.argument {
        write!(f, "{}", Shown { expr, left })?;
    }
    f.write_str(if given.distinct { ", distinct" } else { "" })?;
    if let Some(expr) = &given.filter {
        write!(f, ", filter: {}", Shown { expr, left })?;
    }
    f.write_str(")")
}

fn window(f: &mut Formatter<'_>, given: &Window, left: usize) -> fmt::Result {
    match &given.function {
        WindowFunction::Aggregate(inner) => aggregate(f, inner, left)?,
        function => {
            let arguments: Vec<Expr> = function.arguments().into_iter().cloned().collect();
            let name = name_of(&format!("{function:?}"));
            listed(f, &format!("{name}("), &arguments, left)?;
        }
    }
    f.write_str(".over(…)")
}

/// `ArrayAppend`, whatever stands behind it, as `array_append`.
fn name_of(shown: &str) -> String {
    let mut name = String::new();
    for letter in shown.chars().take_while(|letter| letter.is_alphanumeric()) {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

fn model(select: &Select) -> &'static str {
    select.table.0.model
}

struct ShownQuery<'q>(&'q Select);

impl Display for ShownQuery<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let select = self.0;
        f.write_str(model(select))?;
        if !select.filter.is_empty() {
            f.write_str(" where ")?;
            joined(f, &select.filter, " & ", DEPTH)?;
        }
        if !select.group_by.is_empty() {
            listed(f, " grouped by (", &select.group_by, DEPTH)?;
        }
        for (at, Order { expr, descending, .. }) in select.order_by.iter().enumerate() {
            let before = if at == 0 { " ordered by " } else { ", " };
            let after = if *descending { " descending" } else { "" };
            write!(f, "{before}{}{after}", expression(expr))?;
        }
        for (word, count) in [("limit", &select.limit), ("offset", &select.offset)] {
            if let Some(Literal { value: Value::I64(count), .. }) = count {
                write!(f, " {word} {count}")?;
            }
        }
        Ok(())
    }
}
