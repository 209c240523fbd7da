using System.Globalization;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Responses;

/// <summary>The <c>x-morgan-*</c> headers of an embedding request and its answer.</summary>
internal static class MorganHeaders
{
    private const string Fingerprint = "x-morgan-fingerprint";
    private const string IfFingerprint = "x-morgan-if-fingerprint";

    /// <summary>Whether the client wants each item's tokens: <c>x-morgan-details: true</c>.</summary>
    public static bool WantsDetails(HttpContext context) =>
        context.Request.Headers["x-morgan-details"] is [{ } value] && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names the model's fingerprint in the answer, and makes sure that it is the one that the client expects.</summary>
    /// <exception cref="Rejection">409: it is another.</exception>
    public static void CheckFingerprint(HttpContext context, LoadedModel model)
    {
        context.Response.Headers[Fingerprint] = model.Fingerprint;
        if (context.Request.Headers[IfFingerprint] is [{ } expected] && expected != model.Fingerprint)
        {
            throw new Rejection(new OpenAiError(
                409,
                "invalid_request_error",
                "fingerprint_mismatch",
                $"The model '{model.Name}' has the fingerprint {model.Fingerprint}, not the one in {IfFingerprint}: its vectors do not belong into the same index.",
                "model"));
        }
    }

    /// <summary>Says where the vectors came from, and how many texts were cut.</summary>
    public static void Write(HttpContext context, EmbeddingJob job)
    {
        var headers = context.Response.Headers;
        headers["x-morgan-cache"] = job is { L2Hits: 0, Misses: 0, L1Hits: 1 }
            ? "l1=1,l2=0,miss=0"
            : string.Create(CultureInfo.InvariantCulture, $"l1={job.L1Hits},l2={job.L2Hits},miss={job.Misses}");
        if (job.Truncated > 0)
        {
            headers["x-morgan-truncated"] = job.Truncated.ToString(CultureInfo.InvariantCulture);
        }
    }
}
