import LuaBridge
import Testing

/// The functions on strings and lists that can be interrupted do what the manual says of those that they replace.
@Suite struct PatternsTests {
    private func shown(_ text: String) throws -> String {
        let fixture = try Fixture()
        return try fixture.run("return " + text)
    }

    @Test func itemsRepetitionsAndAnchors() throws {
        #expect(try shown("('hello world'):find('o w')") == "5 7")
        #expect(try shown("('hello'):find('l+'), ('hello'):find('')") == "3 1 0")
        #expect(try shown("('a.b'):find('.', 1, true), ('a.b'):find('.', 2, true)") == "2 2 2")
        #expect(try shown("('key = value'):match('^(%w+)%s*=%s*(%w+)$')") == "key value")
        #expect(try shown("('[[x]]'):match('%[(%b[])%]'), ('THE (quick) fox'):find('%((%a+)%)')") == "[x] 5 11 quick")
        #expect(try shown("('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)") == "the (quick) fox 3")
        #expect(try shown("('2026-11-28'):match('(%d+)-(%d+)-(%d+)')") == "2026 11 28")
        #expect(try shown("('aaa'):match('a-'), ('aaab'):match('a-b'), ('ab'):match('a?b'), ('b'):match('a?b')") == " aaab ab b")
        #expect(try shown("('x]y-z'):match('[]]'), ('x]y-z'):match('[^%w]'), ('x-z'):match('[x-]+')") == "] ] x-")
        #expect(try shown("('say \"hi\" \\'no\\''):match('([\"\\'])(.-)%1')") == "\" hi")
        #expect(try shown("('abc'):find('b()')") == "2 2 3")
        #expect(try shown("('\\0a\\0'):find('%z', 2), ('a\\0b'):match('%Z+')") == "3 a")
    }

    @Test func replacements() throws {
        #expect(try shown("('hello world'):gsub('o', '0', 1)") == "hell0 world 1")
        #expect(try shown("('hello'):gsub('', '-')") == "-h-e-l-l-o- 6")
        #expect(try shown("('abc'):gsub('%w', '%0%0'), ('abc'):gsub('(a)(b)', '%2%1')") == "aabbcc bac 1")
        #expect(try shown("('$a $b'):gsub('%$(%w)', { a = 1, b = false })") == "1 $b 2")
        #expect(try shown("('abc'):gsub('b', function() return nil end), ('a%b'):gsub('%%', '%%%%')") == "abc a%%b 1")
        let words = "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k .. v end return table.concat(t, ' ')"
        #expect(try Fixture().run(words) == "a1 b2")
    }

    @Test(arguments: [
        ("('a'):find('[a')", "malformed pattern (missing ']')"), ("('a'):find('%')", "malformed pattern (ends with '%')"),
        ("('a'):find('(a')", "unfinished capture"), ("('a'):find('%1')", "invalid capture index"), ("('a'):find('a)')", "nil"),
        ("('a'):find('.)')", "invalid pattern capture"), ("('a'):gsub('a', '%2')", "invalid capture index %2"),
        ("('a'):gsub('a', '%x')", "invalid use of '%' in replacement string"), ("('a'):gsub('a', function() return {} end)", "invalid replacement value (a table)"),
        ("('a'):find('%f')", "missing '['"), ("('a'):find('%b')", "missing arguments to '%b'"), ("('x'):find(('('):rep(40))", "too many captures"),
        ("('x'):rep(300):find(('x?'):rep(300))", "pattern too complex"), ("string.rep('x', 1 << 62)", "resulting string too large"),
        ("('a'):gsub('a', true)", "string/function/table expected"),
    ])
    func mistakesAreNamed(_ text: String, _ message: String) throws {
        #expect(try shown("select(-1, pcall(function() return \(text) end))").contains(message))
    }

    @Test func lettersAreThoseOfASCII() throws {
        #expect(try shown("('TITLE'):lower(), ('title'):upper(), ('\\228'):find('%a'), ('\\196'):lower() == '\\196'") == "title TITLE nil true")
        #expect(try shown("('abc'):reverse(), ('ab'):rep(3, '-'), ('x'):rep(0), (''):rep(5)") == "cba ab-ab-ab  ")
    }

    @Test func longLists() throws {
        #expect(try Fixture().run("""
            local t, sum = {}, 0
            for i = 1, 20000 do t[i] = i * 7919 % 20011 end
            table.sort(t)
            for i = 2, #t do assert(t[i - 1] < t[i]) end
            table.insert(t, 3, -1) assert(t[3] == -1 and #t == 20001 and table.remove(t, 3) == -1 and #t == 20000)
            assert(table.remove(t, 20001) == nil and #t == 20000)
            local u = table.move(t, 1, #t, 1, {})
            assert(table.concat(u, ",") == table.concat(t, ",") and table.concat(t, "", 5, 4) == "")
            local equal = {} for i = 1, 20000 do equal[i] = 1 end table.sort(equal)
            local words = {} for i = 1, 9000 do words[i] = "w" .. (i * 31 % 9001) end table.sort(words)
            for i = 2, #words do assert(words[i - 1] <= words[i]) end
            words[7] = 7
            return select(2, pcall(table.sort, words)):match("attempt to compare %w+ with %w+") ~= nil, select(2, pcall(table.insert, t, 30000, 1))
            """).hasPrefix("true bad argument #2"))
    }
}
