using System.Text;

namespace Morgan.Benchmarks.Load;

/// <summary>The sentences of the STS benchmark's English development set, each once.</summary>
internal static class StsbSentences
{
    /// <summary>Reads them.</summary>
    /// <exception cref="BenchmarkException">The data set is not here.</exception>
    public static string[] Read(BenchmarkOptions options) =>
        [.. File.ReadLines(options.SharedPath("datasets", "stsb", "stsb-en-dev.csv")).Where(line => line.Length > 0)
            .SelectMany(line => Fields(line)[..2]).Distinct(StringComparer.Ordinal)];

    /// <summary>The fields of a line: <c>sentence,"sentence, with ""quotes""",4.2</c>.</summary>
    public static List<string> Fields(string line)
    {
        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append(line[i++]);
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
