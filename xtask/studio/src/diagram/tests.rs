//! Of a drawing: no card lies on another, no line on a card, and every line ends at its rows.

use super::*;

fn table(id: u32, columns: usize) -> TableShape {
    let column = |number: usize| ColumnShape {
        number: i16::try_from(number + 1).expect("a small number"),
        name: format!("column_{number}"),
        data_type: "integer".to_owned(),
        key: (number == 0).then_some(KeyKind::Primary),
    };
    TableShape {
        id,
        schema: "public".to_owned(),
        name: format!("table_{id}"),
        columns: (0..columns).map(column).collect(),
    }
}

fn reference(from: (u32, i16), to: u32) -> Reference {
    Reference {
        name: format!("{from:?} → {to}"),
        from,
        to: (to, 1),
        one: false,
        optional: true,
    }
}

fn drawn(sizes: &[usize], references: &[((u32, i16), u32)]) -> Diagram {
    let tables = (0..).zip(sizes).map(|(id, columns)| table(id, *columns));
    let references = references.iter().map(|(from, to)| reference(*from, *to));
    let structure = Structure {
        tables: tables.collect(),
        references: references.collect(),
    };
    draw(structure, false)
}

/// Everything that is wrong with a drawing.
fn wrong(diagram: &Diagram) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, a) in diagram.nodes.iter().enumerate() {
        let inside = a.x >= 0.0
            && a.y >= 0.0
            && a.x + a.width <= diagram.width
            && a.y + a.height <= diagram.height;
        if !inside {
            wrong.push(format!("{} lies outside", a.name));
        }
        for b in &diagram.nodes[..number] {
            let apart = a.x + a.width <= b.x
                || b.x + b.width <= a.x
                || a.y + a.height <= b.y
                || b.y + b.height <= a.y;
            if !apart {
                wrong.push(format!("{} lies on {}", a.name, b.name));
            }
        }
    }
    for edge in &diagram.edges {
        wrong.extend(wrong_line(diagram, edge));
    }
    wrong
}

fn wrong_line(diagram: &Diagram, edge: &Edge) -> Vec<String> {
    let mut wrong = Vec::new();
    let card = |id| {
        diagram
            .nodes
            .iter()
            .find(|node| node.id == id)
            .expect("a card")
    };
    let ends = [
        (&edge.from, edge.points.first()),
        (&edge.to, edge.points.last()),
    ];
    for (end, point) in ends {
        let node = card(end.id);
        let (x, y) = point.expect("a line has ends");
        let at_side = (x - node.x).abs() < 0.01 || (x - node.x - node.width).abs() < 0.01;
        if !at_side || (y - node.y - node.row(end.column)).abs() > 0.01 {
            wrong.push(format!("{} does not end at {}", edge.name, node.name));
        }
    }
    for two in edge.points.windows(2) {
        let ((ax, ay), (bx, by)) = (two[0], two[1]);
        if (ax - bx).abs() > 0.01 && (ay - by).abs() > 0.01 {
            wrong.push(format!("{} is slanting: {two:?}", edge.name));
        }
        for node in &diagram.nodes {
            let over = ax.min(bx) < node.x + node.width - 0.01
                && ax.max(bx) > node.x + 0.01
                && ay.min(by) < node.y + node.height - 0.01
                && ay.max(by) > node.y + 0.01;
            if over {
                wrong.push(format!("{} goes over {}", edge.name, node.name));
            }
        }
    }
    wrong
}

#[test]
fn what_hangs_together_in_every_way_is_drawn_without_overlaps() {
    let none: [String; 0] = [];
    for (sizes, references) in [
        (&[][..], &[][..]),
        (&[3], &[]),
        // A table without columns.
        (&[0, 2], &[((1, 2), 0)]),
        // To itself, also by the same column.
        (&[4], &[((0, 2), 0), ((0, 1), 0)]),
        // A circle of two, of three, and twice the same.
        (&[3, 3], &[((0, 2), 1), ((1, 2), 0)]),
        (&[3, 5, 7], &[((0, 2), 1), ((1, 2), 2), ((2, 2), 0)]),
        (&[3, 9], &[((1, 2), 0), ((1, 3), 0), ((1, 4), 0)]),
        // Over layers.
        (
            &[2, 3, 4, 5],
            &[
                ((1, 2), 0),
                ((2, 2), 1),
                ((3, 2), 2),
                ((3, 3), 0),
                ((3, 4), 0),
            ],
        ),
    ] {
        let diagram = drawn(sizes, references);
        assert_eq!(wrong(&diagram), none, "{references:?}");
    }
}

#[test]
fn any_schema_is_drawn_without_overlaps() {
    // A plain generator: the same cases in every run.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |limit: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state % u64::from(limit)).expect("it is below that")
    };
    for tables in (1..40).chain([100, 200]) {
        let sizes: Vec<usize> = (0..tables).map(|_| below(20) as usize + 2).collect();
        let mut references = Vec::new();
        for _ in 0..below(tables * 3 / 2 + 1) {
            let (from, to) = (below(tables), below(tables));
            references.push(((from, i16::from(below(2) == 0) + 1), to));
        }
        let diagram = drawn(&sizes, &references);
        assert_eq!(wrong(&diagram), [""; 0], "{tables} tables, {references:?}");
    }
}

#[test]
fn what_is_referred_to_lies_on_the_left_and_keys_stand_above() {
    let diagram = drawn(&[2, 3], &[((1, 3), 0)]);
    assert!(diagram.nodes[0].x < diagram.nodes[1].x);
    let mut structure = Structure {
        tables: vec![table(1, 4)],
        references: Vec::new(),
    };
    structure.tables[0].columns[3].key = Some(KeyKind::Foreign);
    let names = |diagram: &Diagram| -> Vec<String> {
        let rows = diagram.nodes[0].columns.iter();
        rows.map(|row| row.name.clone()).collect()
    };
    let all = draw(structure.clone(), false);
    assert_eq!(
        names(&all),
        ["column_0", "column_3", "column_1", "column_2"]
    );
    assert_eq!(names(&draw(structure, true)), ["column_0", "column_3"]);
}
