using System.Diagnostics;
using System.Globalization;

namespace Morgan.Benchmarks.Reporting;

/// <summary>
/// How much of the machine others used while something was measured: what makes figures believable, or not. Known on
/// Linux only.
/// </summary>
internal sealed class OtherWork
{
    private const string Machine = "/proc/stat";
    private const string Own = "/proc/self/stat";

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly double _before = Read();

    /// <summary>The share of all cores' time that other processes took since this was made, 0 to 1; null: unknown.</summary>
    public double? Share()
    {
        const double ticksPerSecond = 100; // the kernel's unit for user space, on every architecture
        var cores = ticksPerSecond * Stopwatch.GetElapsedTime(_began).TotalSeconds * Environment.ProcessorCount;
        return double.IsNaN(_before) ? null : Math.Round(Math.Clamp((Read() - _before) / cores, 0, 1), 3);
    }

    // "cpu  user nice system idle iowait irq softirq steal …" less this process's and its ended children's
    // "pid (name) state … utime stime cutime cstime …", fields 14 to 17.
    private static double Read()
    {
        if (!File.Exists(Machine) || !File.Exists(Own))
        {
            return double.NaN;
        }

        var machine = Numbers(File.ReadLines(Machine).First()["cpu".Length..]);
        var own = File.ReadAllText(Own);
        var mine = own[(own.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[11..15];
        return machine[0] + machine[1] + machine[2] + machine[5] + machine[6] + machine[7] - mine.Sum(number => double.Parse(number, CultureInfo.InvariantCulture));
    }

    private static double[] Numbers(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
