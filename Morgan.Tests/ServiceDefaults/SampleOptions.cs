namespace Morgan.Tests.ServiceDefaults;

internal sealed class SampleOptions
{
    public int Size { get; set; } = 1;

    public TimeSpan Wait { get; set; }

    public static IEnumerable<string> Check(SampleOptions options)
    {
        if (options.Size < 1)
        {
            yield return $"Sample:Size: must be 1 or more, is {options.Size}";
        }
    }
}
