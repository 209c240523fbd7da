using System.Text.RegularExpressions;

namespace Morgan.Tests.Security;

/// <summary>docs/security.md promises proofs; they are there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void EveryTestThatThePageNames_Exists()
    {
        var types = typeof(SecurityPageTests).Assembly.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md")));

        Assert.True(named.Count > 50, "the page names tests");
        Assert.All(named, name => Assert.True(
            types[name.Groups["class"].Value].Any(type => !name.Groups["method"].Success || (type.GetMethod(name.Groups["method"].Value) is { } method && IsTest(method))),
            $"there is no test {name.Value}"));
    }

    private static bool IsTest(System.Reflection.MethodInfo method) =>
        method.GetCustomAttributes(inherit: true).Any(attribute => attribute is FactAttribute);

    // `ClassTests.Method_Condition_Result`, or a whole class.
    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();
}
