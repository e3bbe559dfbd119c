package ec2

import (
	"encoding/xml"
	"slices"
)

// element is any XML element. Attributes are kept, and the name space with them.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Kids    []*element `xml:",any"`
}

// parseXML reads a document.
func parseXML(text []byte) (*element, error) {
	var e element
	err := xml.Unmarshal(text, &e)
	e.bare()
	return &e, err
}

// bare takes the name space from all names: it stands in an attribute already.
func (e *element) bare() {
	e.XMLName.Space = ""
	for _, kid := range e.Kids {
		kid.bare()
	}
}

func (e *element) bytes() []byte {
	text, err := xml.Marshal(e)
	if err != nil {
		panic(err) // no element that was parsed fails to be written
	}
	return text
}

// get is the first kid on a path of names, or an empty element.
func (e *element) get(path ...string) *element {
	for _, name := range path {
		n := slices.IndexFunc(e.Kids, func(kid *element) bool { return kid.XMLName.Local == name })
		if n < 0 {
			return new(element)
		}
		e = e.Kids[n]
	}
	return e
}

// node makes an element with text.
func node(name, text string, kids ...*element) *element {
	return &element{XMLName: xml.Name{Local: name}, Text: text, Kids: kids}
}
