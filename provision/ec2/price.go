package ec2

import (
	"fmt"
	"time"
)

// Prices in USD in us-east-1 that come on top of the host's own.
const (
	addressPerHour = 0.005      // a public IPv4 address
	diskPerGBHour  = 0.08 / 730 // gp3, a month of 730 hours
	minimumBilled  = time.Minute
)

// Where and when the prices of [knownPrices] were valid.
const (
	pricesRegion = "us-east-1"
	pricesDate   = "2026-06"
)

// knownPrices returns prices by instance type, in USD an hour: Linux, on demand.
// They are from public price lists.
func knownPrices() map[string]float64 {
	return map[string]float64{
		"c3.large": 0.105, "c3.xlarge": 0.21,
		"c5.large": 0.085, "c5.xlarge": 0.17,
		"c6i.large": 0.085, "c6i.xlarge": 0.17,
		"c7i.large": 0.08925, "c7i.xlarge": 0.1785,
		"c7g.large": 0.0725, "c7g.xlarge": 0.145,
		"c8g.large": 0.07976, "c8g.xlarge": 0.15952,
		"m5.large": 0.096, "m5.xlarge": 0.192,
		"m6i.large": 0.096, "m6i.xlarge": 0.192,
		"m7i.large": 0.1008, "m7i.xlarge": 0.2016,
		"m7g.large": 0.0816, "m7g.xlarge": 0.1632,
	}
}

// findPrice returns --price, or else the known price of the type.
func (c *Command) findPrice() (float64, error) {
	if c.Price > 0 {
		return c.Price, nil
	}
	if usd, ok := knownPrices()[c.Type]; ok && c.Region == pricesRegion {
		return usd, nil
	}
	return 0, fmt.Errorf("--type %s in %s: its price is not known; give it in USD an hour with --price", c.Type, c.Region)
}

// checkCost returns an error if the hosts may cost more than --max-usd.
func (c *Command) checkCost() error {
	if usd := c.cost(c.Lifetime); usd > c.MaxUSD {
		return fmt.Errorf("%d %s cost $%.2f in --lifetime %s: must be at most --max-usd %g; lower --nodes or --lifetime, or raise --max-usd", c.Nodes, c.Type, usd, short(c.Lifetime), c.MaxUSD)
	}
	return nil
}

// perHour returns the estimate for all hosts, in USD an hour.
func (c *Command) perHour() float64 {
	return float64(c.Nodes) * (c.Price + c.addressPrice() + float64(c.DiskGB)*diskPerGBHour)
}

// addressPrice returns the price of a host's public address, in USD an hour.
func (c *Command) addressPrice() float64 {
	if c.SSHAddress == "public" {
		return addressPerHour
	}
	return 0
}

// cost returns the estimate for all hosts for a time, in USD.
func (c *Command) cost(d time.Duration) float64 {
	return c.perHour() * max(d, minimumBilled).Hours()
}
