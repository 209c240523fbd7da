using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.ServiceDefaults.Health;

/// <summary>
/// <c>{"status":"degraded","checks":[{"name":"cache","status":"degraded","reason":"…"}]}</c>. Reasons and data can
/// name addresses, so only admin callers see them.
/// </summary>
internal static class HealthBody
{
    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        var detailed = context.Features.Get<Caller>() is { Admin: true };
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", Word(report.Status));
        writer.WriteStartArray("checks");
        foreach (var (name, entry) in report.Entries)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("status", Word(entry.Status));
            if (detailed)
            {
                WriteDetails(writer, entry);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, HealthReportEntry entry)
    {
        if ((entry.Description ?? entry.Exception?.Message) is { } reason)
        {
            writer.WriteString("reason", reason);
        }

        if (entry.Data.Count > 0)
        {
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, entry.Data, JsonSerializerOptions.Web);
        }
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
