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

// absent is how a marker and a label write a parameter that is an empty text.
const absent = "none"

// fields is p by the names that the record gives its parameters. They are taken
// from the type, so that a parameter that the record gains can be picked by in a
// marker at once.
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
	return values
}

// difference names parameters that together set sweep i apart from every other,
// the loop first since it decides what else has a meaning. Labels of two sweeps
// are never equal: one names a parameter in which the two differ.
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

// folder is the label as the name of one folder. It comes from a file that others
// may have written, and must not lead anywhere else.
func (s sweep) folder() string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("=,._+-", r):
			return r
		}
		return '-'
	}, s.label)
}

// matching picks the sweeps whose parameters have the wanted values.
func (all sweeps) matching(wanted map[string]string) (sweeps, error) {
	var found sweeps
	for _, s := range all {
		own := fields(s.params)
		match := true
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			if _, known := own[name]; !known {
				return nil, fmt.Errorf("unknown key %s", name)
			}
			match = match && own[name] == wanted[name]
		}
		if match {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no trials with these parameters")
	}
	return found, nil
}

// choose picks the one sweep whose parameters have the wanted values. Several
// are an error as none is: a number from the wrong sweep looks like any other.
func choose(all sweeps, wanted map[string]string) (sweep, error) {
	found, err := all.matching(wanted)
	if err != nil {
		return sweep{}, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	labels := make([]string, len(found))
	for i, s := range found {
		labels[i] = s.label
	}
	return sweep{}, fmt.Errorf("the file holds %d sweeps, pick one of: %s", len(found), strings.Join(labels, "; "))
}

// preferred is the operation to show where a figure has room for one: the read,
// which most people do most, or else the first.
func preferred(operations []string) string {
	if slices.Contains(operations, results.Get) || len(operations) == 0 {
		return results.Get
	}
	return operations[0]
}
