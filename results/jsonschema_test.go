package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// recordSchema returns the committed JSON schema of the record.
func recordSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate validates a line against the schema.
func validate(schema *jsonschema.Schema, line []byte) error {
	record, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return err
	}
	return schema.Validate(record)
}

// TestRecordsFitTheJSONSchema: committed records fit the schema. Those of earlier schemas
// fit it when they are written again.
func TestRecordsFitTheJSONSchema(t *testing.T) {
	schema := recordSchema(t)
	for _, name := range []string{"loopback.jsonl", "lab.jsonl", "rates.jsonl", "truth.jsonl", "truth-overload.jsonl", "verdict.jsonl", "testdata/schema1.jsonl"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
			if i == 24 { // those that follow have the same fields
				break
			}
			trial, err := parseTrial(line)
			if err != nil {
				t.Fatal(err)
			}
			if trial.Schema < Schema {
				trial.Schema = Schema
				if line, err = json.Marshal(trial); err != nil {
					t.Fatal(err)
				}
			}
			if err := validate(schema, line); err != nil {
				t.Errorf("%s:%d: %v", name, i+1, err)
			}
		}
	}
}

// TestNewRecordsFitTheJSONSchema: a record in which every field is set has the fields of
// the schema and no others. So a new field must be added to the schema.
func TestNewRecordsFitTheJSONSchema(t *testing.T) {
	schema := recordSchema(t)
	for name, trial := range map[string]Trial{"small": small(), "closed": closed(), "open": open(PoissonArrivals), "full": full()} {
		text, err := json.Marshal(trial)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJSONSchemaRefusesUnknownFields: a field that is not in the schema is an error at
// every depth.
func TestJSONSchemaRefusesUnknownFields(t *testing.T) {
	schema := recordSchema(t)
	text, err := json.Marshal(full())
	if err != nil {
		t.Fatal(err)
	}
	objects := bytes.Count(text, []byte(`{"`))
	if objects < 20 {
		t.Fatalf("only %d objects: %s", objects, text)
	}
	for i, at := 0, 0; i < objects; i++ {
		at += bytes.Index(text[at:], []byte(`{"`)) + 1
		inMap := bytes.HasSuffix(text[:at-1], []byte(`"kinds":`)) || bytes.HasSuffix(text[:at-1], []byte(`"round_trip_ns":`)) || bytes.HasSuffix(text[:at-1], []byte(`"facts":`))
		line := fmt.Appendf(nil, `%s"surplus":0,%s`, text[:at], text[at:])
		if err := validate(schema, line); err == nil && !inMap {
			t.Errorf("a field is accepted after %s", text[max(0, at-40):at])
		}
	}
}

// full is a record in which no field is zero.
func full() Trial {
	var t Trial
	fill(reflect.ValueOf(&t).Elem())
	t.Schema = Schema
	t.Params.Operation, t.Params.Loop = Mix, OpenLoop
	t.Verdict, t.Warnings[0].Level = Invalid, Invalid
	return t
}

// fill sets every field of a value.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case *Histogram:
		v.Set(reflect.ValueOf(histogramOf(5, 6, 7)))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(1, 0).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint64:
		v.SetUint(1)
	default:
		v.SetInt(1)
	}
}

// TestSizeDoesNotGrowWithOperations: a record of 100 million operations is not larger
// than one of 100,000 by more than the digits of its counts.
func TestSizeDoesNotGrowWithOperations(t *testing.T) {
	size := func(operations int64) int {
		trial := closed()
		trial.Params.Operations = int(operations)
		h := NewHistogram()
		// Both have the same latencies, 50 to 250 us.
		for us := int64(50); us < 250; us++ {
			h.buckets.RecordValues(us*1000, operations/200)
		}
		h.inside, h.min, h.max, h.sum = operations, 50_000, 249_000, operations*149_500
		for i := range trial.Clients {
			trial.Clients[i].Service = h
			trial.Clients[i].Counts.OK = operations
		}
		trial.Timeline = nil
		if err := trial.check(); err != nil {
			t.Fatal(err)
		}
		return len(line(t, trial))
	}
	small, large := size(100_000), size(100_000_000)
	t.Logf("%d bytes of 100,000 operations per client, %d of 100,000,000", small, large)
	if large > small+small/20 {
		t.Errorf("%d bytes of 100,000 operations per client, %d of 100,000,000", small, large)
	}
}
