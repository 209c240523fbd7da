using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>Tenants that wait for the same host.</summary>
public sealed class FairnessTests
{
    private const int Flood = 8;

    [Fact]
    public async Task Tenant_WithManyRequestsInAHostsQueue_DoesNotMakeAnotherWaitForAllOfThem()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync(
            [],
            "--Llm:Hosts:0:Name=one", $"--Llm:Hosts:0:Url={host.Address}v1", "--Llm:Hosts:0:Models:m=m",
            "--Llm:RateLimit:Algorithm=token-bucket", "--Llm:RateLimit:RequestsPerSecond=2", "--Llm:RateLimit:Burst=1", "--Llm:RateLimit:MaxWait=00:01:00",
            "--Auth:Keys:0:Id=flood", $"--Auth:Keys:0:KeySha256={Hash("sk-flood")}", "--Auth:Keys:0:Tenant=flood", "--Auth:Keys:0:Admin=true",
            "--Auth:Keys:1:Id=other", $"--Auth:Keys:1:KeySha256={Hash("sk-other")}", "--Auth:Keys:1:Tenant=other");

        var flood = Enumerable.Range(0, Flood + 1).Select(_ => PostAsync(gateway, "flood")).ToList();
        await Eventually.TrueAsync(async () => await WaitingAsync(gateway) + host.Bodies.Count > Flood, "all of the flood wait");
        flood.Add(PostAsync(gateway, "other"));
        var answers = await Task.WhenAll(flood);

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        var order = host.Bodies.Select(body => body.Contains("from other", StringComparison.Ordinal)).ToList();
        Assert.InRange(order.IndexOf(true), 1, Flood - 2); // it came when one or two had been served
    }

    private static async Task<HttpStatusCode> PostAsync(RunningGateway gateway, string tenant)
    {
        using var response = await gateway.PostAsync(
            "/v1/chat/completions", $$"""{"model":"m","messages":[{"role":"user","content":"from {{tenant}}"}]}""",
            TestContext.Current.CancellationToken, ("Authorization", $"Bearer sk-{tenant}"));
        return response.StatusCode;
    }

    private static async Task<int> WaitingAsync(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/hosts/one");
        request.Headers.Authorization = new("Bearer", "sk-flood");
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var view = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return view.RootElement.GetProperty("limiter").GetProperty("waiting").GetInt32();
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
