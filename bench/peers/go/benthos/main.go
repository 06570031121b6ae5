// Command benthos runs the Benthos engine with an output of franz-go, and with the checks of Hookpulse's
// ingest as a processor.
package main

import (
	"context"
	_ "embed"
	"log"
	"os"
	"strconv"
	"strings"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
	"hookpulse/bench/peers/delivery"
)

//go:embed stream.yaml
var stream string

// More than there are connections: each delivery waits only for its own record.
const maxInFlight = 1024

func main() {
	settings := delivery.FromEnvironment()
	must(service.RegisterProcessor("telegram_checks", service.NewConfigSpec(),
		func(*service.ParsedConfig, *service.Resources) (service.Processor, error) {
			return &checks{settings: settings}, nil
		}))
	must(service.RegisterOutput("franz_go", service.NewConfigSpec(),
		func(*service.ParsedConfig, *service.Resources) (service.Output, int, error) {
			return &output{settings: settings}, maxInFlight, nil
		}))
	builder := service.NewStreamBuilder()
	must(builder.SetYAML(strings.ReplaceAll(stream, "${PORT}", os.Getenv("PORT"))))
	running, err := builder.Build()
	must(err)
	must(running.Run(context.Background()))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type checks struct{ settings delivery.Settings }

func (c *checks) Process(_ context.Context, message *service.Message) (service.MessageBatch, error) {
	header := func(name string) string {
		value, _ := message.MetaGet(name)
		return value
	}
	status := c.settings.CheckSender(header("bot_id"), header(delivery.SecretHeader), header("Content-Type"))
	if status == 0 {
		body, err := message.AsBytes()
		if err != nil {
			return nil, err
		}
		status = delivery.CheckBody(body)
	}
	if status != 0 {
		message.MetaSetMut("status", strconv.Itoa(status))
	}
	return service.MessageBatch{message}, nil
}

func (c *checks) Close(context.Context) error { return nil }

type output struct {
	settings delivery.Settings
	client   *kgo.Client
}

func (o *output) Connect(context.Context) (err error) {
	o.client, err = o.settings.NewClient()
	return err
}

func (o *output) Write(ctx context.Context, message *service.Message) error {
	value, err := message.AsBytes()
	if err != nil {
		return err
	}
	botID, _ := message.MetaGet("bot_id")
	return o.client.ProduceSync(ctx, &kgo.Record{Key: []byte(botID), Value: value}).FirstErr()
}

func (o *output) Close(context.Context) error {
	o.client.Close()
	return nil
}
