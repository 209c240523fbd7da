using System.Globalization;
using System.Text;
using Morgan.ModelBuilder.Package;

namespace Morgan.ModelBuilder.Output;

/// <summary>Says where a model folder comes from, what was changed on the way and how to make it again.</summary>
internal static class Provenance
{
    /// <summary>Writes PROVENANCE.md about the other files of the folder.</summary>
    public static ModelFile Describe(Precision precision, IEnumerable<ModelFile> files)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Where this model comes from

            Universal Sentence Encoder lite (English): 512 dimensions, texts of up to 128 tokens. Made by Google, published
            under the Apache License 2.0 (see LICENSE), and packaged for npm by the EnergeticAI project.

            | source | |
            |---|---|
            | npm package | {PackageIdentity.Name} {PackageIdentity.Version} |
            | integrity | {PackageIdentity.Integrity} |
            | files used | LICENSE, dist/model.json, dist/vocab.json, dist/group1-shard1of7 … 7of7 |

            ## What was changed

            {Changes(precision)}

            `tokenizer.json` holds vocab.json, unchanged, in Hugging Face's format, and keeps two of its peculiarities, which
            token ids depend on: a score of null counts as 0, and the first six pieces are never found in text.
            `tokenizer_config.json` states the longest text. LICENSE is the package's own file.

            ## Files

            | file | bytes | sha256 |
            |---|---:|---|

            """);
        foreach (var file in files)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {file.Name} | {file.Content.Length} | {file.Sha256} |\n");
        }

        var flag = precision == Precision.Float32 ? " --fp32" : "";
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## How to make it again

            From the root of the repository; needs the .NET SDK and npm, gives the same bytes:

                dotnet run --project tools/Morgan.ModelBuilder -- --output DIRECTORY{flag}

            With `--verify` it writes nothing and compares the folder with what it would have written.

            """);
        return new ModelFile("PROVENANCE.md", Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n")));
    }

    private static string Changes(Precision precision) => precision == Precision.Int8
        ? """
          The TensorFlow.js graph was rewritten as an ONNX graph on ONNX Runtime's fused int8 kernels (operator set 17 and
          com.microsoft 1). Weights were quantized from float32 to int8, symmetric, one scale for each output column (for each
          row of the embedding table, which holds the embeddings doubled); the timing signal became a table of 128 positions;
          the last layer is pooled before its second dense layer.
          """
        : """
          The TensorFlow.js graph was rewritten as an ONNX graph (operator set 17). The weights are unchanged float32.
          """;
}
