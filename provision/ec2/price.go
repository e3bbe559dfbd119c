package ec2

import "time"

// What goes with a host, in USD, in us-east-1: part of an estimate.
const (
	addressPerHour = 0.005      // a public IPv4 address
	diskPerGBHour  = 0.08 / 730 // gp3, a month of 730 hours
	minimumBilled  = time.Minute
)

// perHour is the estimate for all hosts together, in USD an hour.
func (c *Command) perHour() float64 {
	return float64(c.Nodes) * (c.Price + addressPerHour + float64(c.DiskGB)*diskPerGBHour)
}

// cost of all hosts for d, in USD.
func (c *Command) cost(d time.Duration) float64 {
	return c.perHour() * max(d, minimumBilled).Hours()
}
