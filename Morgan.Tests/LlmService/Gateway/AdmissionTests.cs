using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService.Admission;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class AdmissionTests
{
    private const string Key = "sk-test";

    [Fact]
    public async Task Key_HeldToModels_GetsNoOtherAndSeesNoOther()
    {
        await using var host = await SimulatedHost.StartAsync("one", "--Simulator:Models:0=a", "--Simulator:Models:1=b");
        await using var gateway = await StartAsync(host, "--Auth:Keys:0:Models:0=a");

        using var allowed = await PostAsync(gateway, "a");
        using var refused = await PostAsync(gateway, "b");
        using var anonymous = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "a"));

        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal((HttpStatusCode.Forbidden, "model_not_allowed"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (anonymous.StatusCode, await CodeAsync(anonymous)));
    }

    [Fact]
    public async Task Tenant_PastItsRequestsPerMinute_Is429WithRetryAfterAndCostsNoHostAnything()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host, "--Tenants:acme:RequestsPerMinute=2");

        using var first = await PostAsync(gateway);
        using var second = await PostAsync(gateway);
        using var third = await PostAsync(gateway);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (third.StatusCode, await CodeAsync(third)));
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 61);
        Assert.Equal(2, await host.CountAsync("requests"));
    }

    [Fact]
    public async Task Tenant_ThatMayWait_WaitsAsLongAsTheCallerSaysAndNoLonger()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await host.PlanAsync(new { timeToFirstTokenMs = 300 });
        await using var gateway = await StartAsync(host, "--Tenants:acme:MaxConcurrent=1", "--Tenants:acme:MaxWait=00:00:30");

        var both = await Task.WhenAll(PostAsync(gateway), PostAsync(gateway));
        await host.PlanAsync(new { timeToFirstTokenMs = 10_000 });
        var busy = PostAsync(gateway);
        await Eventually.TrueAsync(async () => await host.CountAsync("requests") == 3, "it is at work");
        using var impatient = await PatientAsync(gateway, "0");
        using var wrong = await PatientAsync(gateway, "soon");
        using var last = await busy;

        Assert.All(both, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (impatient.StatusCode, await CodeAsync(impatient)));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value"), (wrong.StatusCode, await CodeAsync(wrong)));
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.All(both, response => response.Dispose());
    }

    // Fault 10: spend counted twice. Fault 4: the limit fires early.
    [Fact]
    public async Task Fault10_ReservedTokens_AreSettledWithWhatWasUsed()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host, "--Tenants:acme:TokensPerMinute=1000", "--Tenants:acme:DefaultReservedOutputTokens=700");

        var used = 0L;
        for (var i = 0; i < 8; i++)
        {
            using var response = await PostAsync(gateway);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var answer = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
            used += (long)answer!["usage"]!["total_tokens"]!;
        }

        Assert.Equal(used, gateway.Services.GetRequiredService<LocalLimits>().Used("acme").Tokens);
        using var tooMuch = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(more: ",\"max_tokens\":5000"),
            TestContext.Current.CancellationToken, ("Authorization", $"Bearer {Key}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, tooMuch.StatusCode);
        Assert.Equal("false", tooMuch.Headers.GetValues("x-should-retry").Single());
    }

    [Fact]
    public async Task Tenant_PastItsDailyTokens_IsOutOfQuota()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host, "--Tenants:acme:TokensPerDay=20", "--Tenants:acme:DefaultReservedOutputTokens=1");

        HttpStatusCode status;
        string? code;
        var requests = 0;
        do
        {
            using var response = await PostAsync(gateway);
            (status, code) = (response.StatusCode, response.IsSuccessStatusCode ? null : await CodeAsync(response));
        }
        while (status == HttpStatusCode.OK && ++requests < 10);

        Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota"), (status, code));
        Assert.InRange(requests, 1, 3);
    }

    [Fact]
    public async Task Tenant_PastItsRequestsAtOnce_IsRefusedUntilOneEnds()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host, "--Tenants:acme:MaxConcurrent=1");
        await host.PlanAsync(new { timeToFirstTokenMs = 10_000 });
        using var leaving = new CancellationTokenSource();
        var first = gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), leaving.Token, ("Authorization", $"Bearer {Key}"));
        await Eventually.TrueAsync(async () => await host.CountAsync("inFlight") == 1, "the first is at work");

        using var second = await PostAsync(gateway);
        await host.PlanAsync(new { });
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        await Eventually.TrueAsync(
            async () =>
            {
                using var next = await PostAsync(gateway);
                return next.IsSuccessStatusCode;
            },
            "the place is free again");
    }

    [Fact]
    public async Task Key_WithALimitOfItsOwn_IsHeldToIt()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host, "--Tenants:acme:RequestsPerMinute=100", "--Auth:Keys:0:RequestsPerMinute=1");

        using var first = await PostAsync(gateway);
        using var second = await PostAsync(gateway);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task AdminPaths_WithoutAnAdminKey_Are403()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/hosts");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Key}");

        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Forbidden, "admin_required"), (response.StatusCode, await CodeAsync(response)));
    }

    private static Task<RunningGateway> StartAsync(SimulatedHost host, params string[] settings) => RunningGateway.StartAsync(
        [host],
        ["--Auth:Keys:0:Id=test", $"--Auth:Keys:0:KeySha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}", "--Auth:Keys:0:Tenant=acme", .. settings]);

    private static Task<HttpResponseMessage> PostAsync(RunningGateway gateway, string model = "morgan-sim") =>
        gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: model), TestContext.Current.CancellationToken, ("Authorization", $"Bearer {Key}"));

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .RootElement.GetProperty("error").GetProperty("code").GetString();

    private static Task<HttpResponseMessage> PatientAsync(RunningGateway gateway, string seconds) => gateway.PostAsync(
        "/v1/chat/completions", RunningGateway.ChatBody(), TestContext.Current.CancellationToken, ("Authorization", $"Bearer {Key}"), ("x-morgan-max-wait", seconds));
}
