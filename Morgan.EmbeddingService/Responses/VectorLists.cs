using System.Buffers;
using Morgan.EmbeddingService.Pipeline;

namespace Morgan.EmbeddingService.Responses;

/// <summary>Writes all vectors of a job as a list of lists of numbers.</summary>
internal static class VectorLists
{
    private const int FlushBytes = 128 * 1024;

    /// <summary>Writes <c>[[0.1,…],[0.2,…]]</c>.</summary>
    public static async Task WriteAsync(HttpContext context, EmbeddingJob job, VectorShape shape)
    {
        var output = context.Response.BodyWriter;
        for (var i = 0; i < job.Inputs.Count; i++)
        {
            output.Write(i == 0 ? "["u8 : ","u8);
            VectorText.WriteNumbers(output, job.Items[i].Vector, shape);
            if (output.UnflushedBytes > FlushBytes)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }

        output.Write("]"u8);
    }
}
