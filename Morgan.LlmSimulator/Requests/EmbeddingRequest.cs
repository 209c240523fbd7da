using System.Globalization;
using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Requests;

/// <summary>A request for pseudo-embeddings.</summary>
internal sealed record EmbeddingRequest : HostRequest
{
    private const int MaxInputs = 2048;

    /// <summary>The texts; token ids are taken as text of their numbers.</summary>
    public required IReadOnlyList<Prompt> Inputs { get; init; }

    /// <summary>Length of each vector.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Whether vectors go out as base64 of little-endian floats.</summary>
    public required bool Base64 { get; init; }

    /// <summary>Reads the body of <c>POST /v1/embeddings</c>.</summary>
    /// <exception cref="BadRequestException">A field is missing or wrong.</exception>
    public static HostRequest Read(JsonElement body) => new EmbeddingRequest
    {
        Model = RequestBody.Model(body),
        Inputs = PromptReader.Read(body, "input", MaxInputs),
        Dimensions = RequestBody.Number(body, "dimensions", 1, Embedder.MaxDimensions) ?? Embedder.DefaultDimensions,
        Base64 = RequestBody.Text(body, "encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            var other => throw BadRequestException.InvalidValue("encoding_format",
                string.Create(CultureInfo.InvariantCulture, $"'encoding_format' is '{other}'; it must be 'float' or 'base64'.")),
        },
    };

    /// <inheritdoc/>
    public override IReply Compose(ReplyContext context) => new EmbeddingReply(this, context.Fault?.Kind);
}
