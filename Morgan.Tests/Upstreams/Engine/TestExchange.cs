using System.Text;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>The smallest caller: posts a line, and takes the answer as it is or as the test says.</summary>
internal sealed class TestExchange : IAttemptFactory
{
    public Func<HttpResponseMessage, CancellationToken, ValueTask<AttemptOutcome>> Accept { get; set; } =
        (_, _) => ValueTask.FromResult(AttemptOutcome.Success);

    public IAttempt Create() => new Attempt(this);

    private sealed class Attempt(TestExchange exchange) : IAttempt
    {
        public HttpRequestMessage CreateRequest(Host host, string? model) =>
            new(HttpMethod.Post, host.UriFor("chat/completions")) { Content = new StringContent(model ?? "", Encoding.UTF8) };

        public ValueTask<AttemptOutcome> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
            exchange.Accept(response, cancellationToken);
    }
}
