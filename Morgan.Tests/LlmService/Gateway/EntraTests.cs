using System.Net;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class EntraTests
{
    [Fact]
    public async Task AzureHost_WithEntra_GetsATokenThatIsKeptUntilItExpires()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        var credential = new FakeCredential();
        await using var gateway = await StartAsync(host, credential);

        for (var i = 0; i < 3; i++)
        {
            using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "gpt"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.All(host.Requests.Where(request => request.Path.Contains("chat", StringComparison.Ordinal)), request => Assert.Equal("Bearer token-1", request.Headers["Authorization"]));
        Assert.Equal("https://cognitiveservices.azure.com/.default", credential.Scope);
    }

    [Fact]
    public async Task AzureHost_WithoutAToken_IsMisconfigured()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host, new FakeCredential { Fails = true });

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "gpt"));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("host_misconfigured", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Task<RunningGateway> StartAsync(ScriptedHost host, TokenCredential credential) => RunningGateway.StartAsync(
        [],
        builder => builder.Services.AddSingleton(credential),
        "--Llm:Hosts:0:Name=az", $"--Llm:Hosts:0:Url={host.Address}", "--Llm:Hosts:0:Kind=azure", "--Llm:Hosts:0:ApiVersion=2024-10-21",
        "--Llm:Hosts:0:Credential=entra", "--Llm:Hosts:0:Models:gpt=deployed", "--Llm:Retry:MaxRetries=0");

    private sealed class FakeCredential : TokenCredential
    {
        private int _tokens;

        public bool Fails { get; init; }

        public string? Scope { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scope = requestContext.Scopes.Single();
            return Fails
                ? throw new CredentialUnavailableException("no identity here")
                : new AccessToken($"token-{Interlocked.Increment(ref _tokens)}", DateTimeOffset.UtcNow.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
