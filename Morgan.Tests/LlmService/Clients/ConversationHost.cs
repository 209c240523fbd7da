using Microsoft.AspNetCore.Http;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.LlmService.Clients;

/// <summary>A host that answers with tool calls, with fields that Morgan doesn't know, and with characters of four bytes.</summary>
internal static class ConversationHost
{
    private const string Head = "\"id\":\"c1\",\"created\":1700000000,\"model\":\"m\",\"system_fingerprint\":\"fp\",\"service_tier\":null,\"x_unknown\":{\"a\":[1,2.50]}";

    private const string Whole = "{" + Head + ",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Grüße 😀\","
        + "\"tool_calls\":[{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Köln\\\"}\"}}]},\"logprobs\":null,"
        + "\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":8,\"total_tokens\":28,\"prompt_tokens_details\":{\"cached_tokens\":0}}}";

    private static readonly string[] Deltas =
    [
        "{\"role\":\"assistant\",\"content\":\"\"}",
        "{\"content\":\"Grüße \"}",
        "{\"content\":\"😀\"}",
        "{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}",
        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}",
        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Köln\\\"}\"}}]}",
    ];

    public static Task<ScriptedHost> StartAsync() => ScriptedHost.StartAsync(AnswerAsync);

    private static async Task AnswerAsync(HttpContext context, string body)
    {
        if (!body.Contains("\"stream\":true", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Whole);
            return;
        }

        var asked = body.Contains("\"include_usage\":true", StringComparison.Ordinal);
        var usage = asked ? ",\"usage\":null" : "";
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var delta in Deltas)
        {
            await EventAsync(context, $"{{{Head},\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}]{usage}}}");
        }

        await EventAsync(context, $"{{{Head},\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"tool_calls\"}}]{usage}}}");
        if (asked)
        {
            await EventAsync(context, $"{{{Head},\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{{\"prompt_tokens\":20,\"completion_tokens\":8,\"total_tokens\":28}}}}");
        }

        await EventAsync(context, "[DONE]");
    }

    private static async Task EventAsync(HttpContext context, string data)
    {
        await context.Response.WriteAsync($"data: {data}\n\n");
        await context.Response.Body.FlushAsync();
    }
}
