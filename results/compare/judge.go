package compare

// table is the rows of one metric: for each setting the logarithms of B/A of all
// repeats if they are paired, else those of all trials of A and then of B.
type table struct {
	values [][]float64
}

// judgement is the adjusted p-values of one table.
type judgement struct {
	rows       []float64 // of each setting
	everywhere float64   // of the mean over all settings
}

// judge tests all rows of all tables jointly.
func judge(tables []table, arrangements []arrangement, paired bool) []judgement {
	var rows []series
	for _, t := range tables {
		rows = append(rows, t.series(paired)...)
	}
	return divide(joint(rows, arrangements), tables)
}

// divide divides a value for each row of all tables, in the order of table.series, among
// the tables.
func divide(values []float64, tables []table) []judgement {
	judged := make([]judgement, len(tables))
	for i, t := range tables {
		n := len(t.values)
		judged[i] = judgement{rows: values[:n], everywhere: values[n]}
		values = values[n+1:]
	}
	return judged
}

// series returns a row for each setting and one for their mean. Values that are not
// paired are centred: an exchange does not change their mean.
func (t table) series(paired bool) []series {
	rows := make([]series, len(t.values))
	everywhere := make([]float64, len(t.values[0]))
	for i, values := range t.values {
		centre := 0.0
		if !paired {
			centre = mean(values)
		}
		for k, v := range values {
			rows[i].values = append(rows[i].values, v-centre)
			everywhere[k] += (v - centre) / float64(len(t.values))
		}
	}
	all := scaleRows(rows)
	// The mean of independent rows has this mean square.
	expected := all / float64(len(rows))
	return append(rows, series{everywhere, scaleOf(meanSquare(everywhere), expected)})
}
