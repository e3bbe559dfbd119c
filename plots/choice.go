package plots

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// absent is the text of an empty parameter in a label.
const absent = "none"

// fields returns the parameters by their names in the record. The names come from the
// type, so that a sweep can be selected by every parameter.
func fields(p results.Params) map[string]string {
	v := reflect.ValueOf(p)
	values := make(map[string]string, v.NumField())
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch f := v.Field(i); f.Kind() {
		case reflect.Float64:
			values[name] = strconv.FormatFloat(f.Float(), 'f', -1, 64)
		case reflect.String:
			values[name] = either(f.String(), absent)
		default:
			values[name] = fmt.Sprint(f.Interface())
		}
	}
	values["target"] = p.Store()
	return values
}

// difference lists the parameters that distinguish sweep i from all others, the loop
// first because others depend on it. Labels of two sweeps are never equal.
func (all sweeps) difference(i int) string {
	own := fields(all[i].params)
	rivals := slices.Delete(slices.Clone(all), i, i+1)
	var parts []string
	for _, name := range append([]string{"loop"}, slices.Sorted(maps.Keys(own))...) {
		left := slices.DeleteFunc(slices.Clone(rivals), func(s sweep) bool { return fields(s.params)[name] != own[name] })
		if len(left) < len(rivals) {
			parts = append(parts, name+"="+own[name])
		}
		rivals = left
	}
	return strings.Join(parts, ",")
}

// folder returns the label as the name of one folder. The label is from a file of
// unknown origin, so characters that could lead to another folder are replaced.
func (s sweep) folder() string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("=,._+-", r):
			return r
		}
		return '-'
	}, s.label)
}

// choose returns the only sweep whose parameters have the wanted values, each written
// key=value. None or several sweeps are an error, because a number of the wrong sweep
// would not be noticed.
func choose(all sweeps, wanted []string) (sweep, error) {
	found := slices.Clone(all)
	for _, want := range wanted {
		name, text, ok := strings.Cut(want, "=")
		if !ok {
			return sweep{}, fmt.Errorf("%q: must be key=value", want)
		}
		if _, known := fields(results.Params{})[name]; !known {
			return sweep{}, fmt.Errorf("%s: unknown parameter %s", want, name)
		}
		found = slices.DeleteFunc(found, func(s sweep) bool { return fields(s.params)[name] != text })
	}
	switch len(found) {
	case 0:
		return sweep{}, fmt.Errorf("no trials with %s", strings.Join(wanted, ", "))
	case 1:
		return found[0], nil
	}
	labels := make([]string, len(found))
	for i, s := range found {
		labels[i] = s.label
	}
	return sweep{}, fmt.Errorf("the file holds %d sweeps; give the parameters of one of: %s", len(found), strings.Join(labels, "; "))
}

// preferred returns the operation of figures with room for one: get, the most frequent
// in most workloads, or else the first.
func preferred(operations []string) string {
	if slices.Contains(operations, results.Get) || len(operations) == 0 {
		return results.Get
	}
	return operations[0]
}
