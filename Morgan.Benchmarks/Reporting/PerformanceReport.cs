using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.Benchmarks.Reporting;

/// <summary>
/// The committed report: a JSON file for each suite in docs/performance, and docs/performance.md or another page, whose
/// sections are written from them. A section that no suite of this run belongs to stays as it is.
/// </summary>
/// <param name="docs">The folder docs.</param>
/// <param name="page">The page's name.</param>
internal sealed class PerformanceReport(string docs, string page)
{
    private const string Head = "# Performance\n\nEvery figure in the tables is written by Morgan.Benchmarks with `--report`; none of those is typed by hand. The repetitions stand in the JSON files in [performance](performance). Quartiles are over the repetitions, whose number is in brackets. Ratios are of pairs that were measured one after the other in the same run. A run during which other processes took more than 15 % of the machine is not written down.\n";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private string Folder => Path.Combine(docs, "performance");

    private string Page => Path.Combine(docs, $"{page}.md");

    /// <summary>Writes a suite's findings, and its section anew.</summary>
    public void Write(SuiteReport suite)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, $"{suite.Name}.json"), JsonSerializer.Serialize(suite, Format) + "\n");
        var text = File.Exists(Page) ? File.ReadAllText(Page) : Head;
        File.WriteAllText(Page, Replace(text, suite.Section, SectionText(suite.Section)));
    }

    /// <summary>What is committed of a suite; null: nothing yet.</summary>
    public SuiteReport? Find(string suite)
    {
        var file = Path.Combine(Folder, $"{suite}.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<SuiteReport>(File.ReadAllText(file), Format) : null;
    }

    /// <summary>Puts a section's text between its marks, at the end of the page where it has none.</summary>
    public static string Replace(string page, string section, string text)
    {
        var (begin, end) = ($"<!-- {section}: generated -->\n", $"<!-- /{section} -->\n");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, Math.Max(0, from), StringComparison.Ordinal);
        var whole = begin + text + end;
        return from < 0 || to < 0 ? $"{page.TrimEnd('\n')}\n\n{whole}" : string.Concat(page.AsSpan(0, from), whole, page.AsSpan(to + end.Length));
    }

    private string SectionText(string section)
    {
        var text = new StringBuilder($"## {section}\n\n");
        foreach (var suite in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(file => Read(file, section)))
        {
            text.Append(suite is null ? "" : SuiteMarkdown.Of(suite));
        }

        return text.ToString();
    }

    // Null: a file of another section, perhaps in another form.
    private static SuiteReport? Read(string file, string section)
    {
        var json = JsonNode.Parse(File.ReadAllText(file));
        return json is JsonObject found && found["section"] is JsonValue value && value.TryGetValue(out string? name) && name == section
            ? json.Deserialize<SuiteReport>(Format)
            : null;
    }
}
