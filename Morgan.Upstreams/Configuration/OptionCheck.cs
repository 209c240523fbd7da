using System.Globalization;

namespace Morgan.Upstreams.Configuration;

/// <summary>Collects messages about values under one configuration path; those of <see cref="In"/> go to the same list.</summary>
internal sealed class OptionCheck(string path)
{
    private List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public OptionCheck In(string key) => new(Key(key)) { _problems = _problems };

    public void Add(string key, string problem) => _problems.Add($"{Key(key)}: {problem}");

    public void OneOf(string key, string value, IReadOnlyList<string> allowed)
    {
        if (!allowed.Contains(value))
        {
            Add(key, $"must be one of {string.Join(", ", allowed)}, is '{value}'");
        }
    }

    public void Between<T>(string key, T value, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        // Written so that NaN, which compares below everything, is refused too.
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            Add(key, string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}, is {value}"));
        }
    }

    private string Key(string key) => path.Length == 0 ? key : $"{path}:{key}";
}
