using System.Net;
using System.Text;
using System.Text.Json;
using Morgan.Tests.Chaos.Machine;

namespace Morgan.Tests.Chaos.Tenants;

/// <summary>A tenant's client at one gateway that remembers what it was told of its usage.</summary>
internal sealed class LedgerClient(ServiceProcess gateway, string key, string model, int tokens)
{
    // Who leaves closes the connection, and does not first read what is left.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 });

    /// <summary>A whole answer, a stream, or a stream that is left after its first event: in turns.</summary>
    public Task<LedgerAnswer> InTurnsAsync(int turn) => turn % 3 == 0 ? WholeAsync() : StreamAsync(leaves: turn % 3 == 2);

    /// <summary>An answer in one piece.</summary>
    public async Task<LedgerAnswer> WholeAsync()
    {
        using var response = await PostAsync(isStream: false);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return response.StatusCode == HttpStatusCode.OK ? Read(Told.Whole, body.RootElement) : default;
    }

    /// <summary>A stream, to its end or to its first event.</summary>
    public async Task<LedgerAnswer> StreamAsync(bool leaves)
    {
        using var response = await PostAsync(isStream: true);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return default;
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var answer = default(LedgerAnswer);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }

            using var chunk = JsonDocument.Parse(line["data: ".Length..]);
            var isError = chunk.RootElement.TryGetProperty("error", out _);
            if (leaves && !isError)
            {
                return new LedgerAnswer(Told.Nothing, HasLeft: true);
            }

            answer = isError ? Read(Told.Part, chunk.RootElement)
                : chunk.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object ? Read(Told.Whole, chunk.RootElement)
                : answer;
        }

        return answer;
    }

    private async Task<HttpResponseMessage> PostAsync(bool isStream)
    {
        var (stream, usage) = isStream ? ("true", ",\"stream_options\":{\"include_usage\":true}") : ("false", "");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/v1/chat/completions"))
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say hello, friend"}],"max_tokens":{{tokens}},"stream":{{stream}}{{usage}}}""",
                Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", key);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static LedgerAnswer Read(Told told, JsonElement answer)
    {
        var usage = answer.GetProperty("usage");
        return new LedgerAnswer(told, usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64());
    }
}
