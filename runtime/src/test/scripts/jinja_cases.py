"""Small templates, one feature each: (template, variables). Read by jinja_goldens.py."""

V = {
    "n": 5, "f": 2.5, "s": "Hello World", "t": True, "u": None, "e": "",
    "l": [3, 1, 2], "w": ["b", "A", "c"], "d": {"a": 1, "b": "two", "items": 7},
    "people": [{"name": "Ann", "age": 31, "in": {"city": "Oslo"}}, {"name": "bob", "age": 25, "in": {"city": "Rome"}},
               {"name": "Cy", "age": 31}],
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
                 {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Bye"}],
    "uni": "naïve 😀 Straße ǆ", "lines": "one\n  two\n\nthree",
}

EXPRESSIONS = r"""
n + 1 ;; n - 7 ;; n * 2 ;; n / 2 ;; n // 2 ;; -n // 2 ;; n % 3 ;; -n % 3 ;; n % -3 ;; 2 ** 10 ;; 2 ** -1 ;; 2.0 ** 3 ;; -2 ** 2 ;; 2 ** 3 ** 2
7.5 // 2 ;; -7.5 // 2 ;; 7.5 % 2 ;; -7.5 % 2 ;; 1 / 3 ;; 10 / 5 ;; 1e16 ;; 1e15 ;; 1.5e300 ;; 0.0001 ;; 0.00001 ;; 123456789.123 ;; 1e22 ;; 0.1 + 0.2 ;; -0.0 ;; 5e-324
1_000 ;; 0x1F ;; 0b101 ;; 0o17 ;; 1.5e3 ;; 1e2 ;; 1/0 ;; 1 % 0 ;; 1.0 // 0 ;; 9223372036854775807 ;; true + 1 ;; true / 2 ;; - true
'a' 'b' "c" ;; 'a' ~ 1 ~ none ~ true ~ 1.0 ;; 'a' * 3 ;; 3 * 'ab' ;; [1] * 3 ;; [1] + [2] ;; (1,) + (2,) ;; 'a' + 1 ;; 1 + 'a' ;; [1] + (2,) ;; 'x' * -1
'\n\t\\\'\x41\u00e9\101\q' ;; "it's" ;; 'say "hi"' ;; ['it\'s', "x\n\\"] ;; ['é', '\x00', '\u200b', '😀'] ;; '\u2028' ;; ['\u2028']
n == 5 ;; n == 5.0 ;; 1 == true ;; 'a' == 'a' ;; [1, 2] == [1, 2.0] ;; (1,) == [1] ;; {'a': 1} == {'a': 1.0} ;; none == none ;; none == false ;; x == y ;; x == none
9007199254740993 > 9007199254740992.0 ;; 9007199254740993 == 9007199254740992.0 ;; 9007199254740992.0 < 9007199254740993 ;; 9223372036854775807 < 9223372036854775807.0
-9223372036854775807 - 1 == -9223372036854775808.0 ;; -9223372036854775807 > -9223372036854775808.0 ;; 1 < 1.5 ;; -1 > -1.5 ;; -1.5 < -1 ;; true == 1.0 ;; 0.0 == -0.0 ;; 0 == -0.0
0.0 < -0.0 ;; 5e-324 > 0 ;; 1e308 > 1 ;; -1e308 < 1 ;; ('inf'|float) > 1 ;; 1 > ('-inf'|float) ;; ('nan'|float) == ('nan'|float) ;; 1 < ('nan'|float) ;; ('nan'|float) > 1
'ababab'.rfind('ab') ;; 'aaab'.find('ab') ;; 'aaab'.rfind('aa') ;; 'abab'.rsplit('ab') ;; 'aaa'.replace('aa', 'b') ;; 'aaa'.count('aa') ;; 'aaa'.rsplit('aa') ;; 'ab'.rfind('') ;; 'ab'.rpartition('b')
'ab'.find('abc') ;; 'ab'.rfind('abc') ;; ''.find('') ;; ''.rfind('a') ;; 'a😀b😀'.rfind('😀') ;; 'xyxy'.rpartition('xy') ;; 'abc'.split('c') ;; 'abc'.rsplit('a', 1) ;; 'xab'.rfind('xabc')
'12345'|int ;; '9223372036854775807'|int ;; '-9223372036854775808'|int ;; '+7'|int ;; '1_000'|int ;; ' 12 '|int ;; '12.7'|int ;; 'zz'|int(base=36) ;; '0x1f'|int(base=16) ;; '-'|int(5) ;; ''|int(3) ;; '1e3'|int
'1e-5'|float ;; ' 1_0.5 '|float ;; '.5'|float ;; '5.'|float ;; 'e5'|float(2.0) ;; '-inf'|float ;; 'x'|float(none)
'{{}}{}{{'.format(1) ;; 'a{{b}}c'.format() ;; '{}{}{{x'.format(1, 2) ;; '}}{{'.format() ;; 'aa{0}bb{0}'.format('é') ;; 'a}b'.format()
'<a href="x">\'&'|e ;; '&&'|e ;; 'ab'|e ;; ''|e ;; 'é/ü?&'|urlencode ;; 'a b%'|urlencode ;; '\x01\x1f\x7f'|tojson ;; 'é😀'|tojson(ensure_ascii=true) ;; ['\x00\u0085\u200b']
'ΟΔΥΣΣΕΥΣ'|lower ;; 'ΑΣ ΣΑ Σ'|lower ;; "ΑΣ'Α ΑΣ' Α.Σ ΑΣ.Α ΑΣ.".lower() ;; 'ΑΣ\u0301 \u0301Σ Α\u0301Σ'|lower ;; '1Σ Α1Σ ΑΣ1 ΑΣ-Σ'|lower ;; 'ʰΣ aʰΣ'|lower ;; 'aΣ😀 😀Σ aΣ𝐀'|lower ;; 'İΣ'|lower
('Σ' * 200)|lower ;; ('aΣ ' * 70)|lower ;; ('ß' * 70)|upper ;; ('😀a' * 50)|upper ;; ('b' ~ '😀a' * 50)|lower ;; ('İ' * 70)|lower ;; ('aŉ' * 40)|upper
{1: 'a', '1': 'b', 1.5: 'c', none: 'd'} ;; {1: 'a', 1.0: 'b'} ;; {'b': 1, 'a': 2, 'b': 3} ;; {1: 2}[1] ;; {1: 2}['1'] is defined ;; {none: 1}[none] ;; 1.0 in {1: 2} ;; '' in {0: 1} ;; [1, '1', 1, 1.5, '1']|unique|list
dict([['b', 1], ['a', 2]], b=3) ;; dict({'b': 1, 'a': 2}.items()) ;; {'b': 1, 'a': 2}.copy() == {'a': 2, 'b': 1} ;; {'b': 1}.get('a', 5) ;; {'b': 1, 'a': 2}|list ;; {'b': 1, 'a': 2}.values()|list ;; {'b': 1, 'a': 2}|tojson(sort_keys=true)
'foo-bar (baz) [qux] <x>y'|title ;; 'don\'t STOP'|title ;; 'éa ßb'|title ;; ' a  b'|title ;; 'a\nb'|title ;; ''|title ;; 'ab-'|title
'a😀bc'[1:] ;; 'a😀bc'[:2] ;; 'a😀bc'[1:3] ;; 'a😀bc'[::2] ;; 'a😀bc'[::-1] ;; 'abc'[3:] ;; 'abc'[2:1] ;; 'abc'[-2:] ;; 'abc'[:-1] ;; [1,2,3][::-2] ;; [1,2,3][5:] ;; 'abc'[-9:9]
[3, 1.5, true, 2]|sort ;; [0.5, 1, 0]|max ;; ['b', 'A', 'a', 'B']|max ;; ['b', 'A', 'a', 'B']|min ;; []|max ;; [[]]|tojson(indent=2) ;; [1, {'a': []}]|tojson(indent='--') ;; [1, [2]]|tojson(indent=0)
[1, 2, 3]|last ;; (1, 2)|last ;; 'abc'|last ;; []|last ;; {'a': 1, 'b': 2}|last ;; [1, 2]|map('string')|last ;; [[1, [2]]]|map(attribute='1.0')|list ;; [{'a': [5]}]|map(attribute='a.0')|list
'aXa'.strip('a') ;; 'abcab'.strip('ba') ;; '😀a😀'.strip('😀') ;; 'abc'.startswith(('x', 'ab')) ;; 'abc'.endswith(()) ;; 'abc'.endswith(('bc', 1))
1 < 2 < 3 ;; 1 < 3 < 2 ;; 1 < 2 > 1 == 1 ;; 'a' < 'b' ;; 'a' < 1 ;; [1, 2] < [1, 3] ;; (1,) < (1, 0) ;; none < 1 ;; n >= 5 ;; n != 5 ;; n <= 4 ;; x < 1
'a' in 'abc' ;; 'z' not in 'abc' ;; 1 in [1, 2] ;; 'a' in d ;; 'z' in d ;; 1 in (1,) ;; 1 in 'a' ;; 1 in none ;; 1 in x ;; 1 in 5 ;; not 1 in [1] ;; 3 in range(5)
not true ;; true and 0 ;; 0 or 'x' ;; '' or none ;; 1 and 2 and 3 ;; not (1 and 0) ;; 'y' if n else 'z' ;; 'y' if e else 'z' ;; 'y' if e ;; 1 if e else 2 if e else 3
[1, 'a', none, true, 1.0, [2], (3,), ()] ;; {'k': [1], 2: none} ;; (1, 2) ;; () ;; (1) ;; [1, 2,] ;; {'a': 1,} ;; {} ;; [] ;; [[]] ;; {1: 2}[1] ;; {'a': {'b': 3}}.a.b
s[0] ;; s[-1] ;; s[1:4] ;; s[:-1] ;; s[::-1] ;; s[::2] ;; s[8:2:-2] ;; s[100] ;; s[100:] ;; l[0] ;; l[-1] ;; l[5] ;; l[1:] ;; l[::-1] ;; l[-2:] ;; l[:0] ;; (1, 2, 3)[1:] ;; s['a':] ;; l[::0] ;; s[-100:3]
l.0 ;; l.1 ;; d.a ;; d['a'] ;; d.b.upper() ;; d.nope ;; d.nope.more ;; d['nope'] ;; nope.more ;; nope ;; nope[0] ;; none.x ;; none.x.y ;; d.items is callable ;; d['items']
uni[6] ;; uni ;; uni | length ;; uni[::-1] ;; uni.upper() ;; uni.find('S') ;; uni.title() ;; uni[-1] ;; uni.index('ï')
n is defined ;; x is defined ;; x is undefined ;; d.a is defined ;; d.q is defined ;; u is none ;; x is none ;; n is number ;; f is number ;; t is number ;; n is integer ;; t is integer ;; f is integer ;; f is float
s is string ;; n is string ;; d is mapping ;; l is mapping ;; l is sequence ;; s is sequence ;; d is sequence ;; n is sequence ;; l is iterable ;; n is iterable ;; s is iterable ;; t is boolean ;; n is boolean
true is true ;; 1 is true ;; false is false ;; 0 is false ;; 3 is odd ;; 4 is odd ;; 4 is even ;; 3.0 is odd ;; 9 is divisibleby(3) ;; 9 is divisibleby 2 ;; 9 is divisibleby 0 ;; n is eq 5 ;; n is equalto(5) ;; n is ne 5
n is gt 3 ;; n is ge 5 ;; n is lt 3 ;; n is le(5) ;; n is greaterthan 4 ;; n is lessthan 4 ;; 1 is in [1] ;; 1 is not in [1] ;; n is not none ;; u is sameas none ;; 1 is sameas true ;; 'a' is lower ;; 'A' is upper ;; 'Ab' is lower
range is callable ;; s is callable ;; s.upper is callable ;; x is callable ;; n is nosuch ;; n is defined and s is string ;; not n is defined ;; n is not defined ;; l | length is gt 2 ;; n is odd is true
s | upper ;; s | lower ;; 'hELLO wORLD foo-bar (x)' | title ;; 'hELLO' | capitalize ;; '  x ' | trim ;; 'xxaxx' | trim('x') ;; none | upper ;; 5 | trim ;; s | length ;; l | count ;; n | length ;; x | length ;; none | length
s | replace('l', 'L') ;; s | replace('l', 'L', 2) ;; 'aaa' | replace('', '-') ;; 'aaa' | replace('', '-', 2) ;; 5 | replace(5, 'x') ;; l | join(', ') ;; l | join ;; people | join(', ', attribute='name') ;; 'abc' | join('-') ;; x | join ;; 5 | join
x | default('d') ;; u | default('d') ;; u | default('d', true) | e | d('q', boolean=true) ;; x | default ;; d.nope | default(n) ;; nope.more | default('x') ;; n | default('d', 1, 2)
l | first ;; l | last ;; [] | first ;; [] | last ;; s | first ;; s | last ;; d | first ;; d | list ;; s | list ;; l | list ;; x | list ;; 5 | list ;; none | list ;; 5 | first ;; x | first ;; range(3) | list ;; range(3) ;; range(1, 10, 3) | list ;; range(5, 0, -2) | list
l | reverse | list ;; 'abc' | reverse ;; l | sort ;; l | sort(reverse=true) ;; w | sort ;; w | sort(case_sensitive=true) ;; people | sort(attribute='age') | map(attribute='name') | list ;; people | sort(attribute='age,name', reverse=true) | map(attribute='name') | join ;; [1, 'a'] | sort
l | min ;; l | max ;; w | min ;; w | max(case_sensitive=true) ;; [] | min ;; people | max(attribute='age') ;; l | sum ;; people | sum(attribute='age') ;; l | sum(start=10) ;; [] | sum ;; [1.5, 2] | sum ;; w | sum
[1, 2, 1, 3] | unique | list ;; ['a', 'A', 'b'] | unique | list ;; ['a', 'A'] | unique(true) | list ;; people | unique(attribute='age') | map(attribute='name') | list ;; [[1]] | unique | list
d | items | list ;; d.items() ;; x | items | list ;; l | items | list ;; {'b': 1, 'A': 2} | dictsort ;; {'b': 1, 'a': 2} | dictsort(by='value') ;; {'b': 1, 'A': 2} | dictsort(true) ;; {'b': 1, 'a': 2} | dictsort(reverse=true) ;; l | dictsort
people | map(attribute='name') | join(',') ;; people | map(attribute='in.city', default='-') | join(',') ;; people | map(attribute='nope') | join(',') ;; w | map('upper') | list ;; w | map('replace', 'b', 'x') | list ;; l | map('nosuch') | list ;; l | map | list ;; people | map('attr', 'age') | list
l | select('odd') | list ;; l | reject('odd') | list ;; l | select | list ;; [0, 1, none] | select | list ;; [0, 1] | reject | list ;; l | select('gt', 1) | list ;; l | select('>', 1) | list ;; l | select('nosuch') | list ;; none | select | list
people | selectattr('age', 'equalto', 31) | map(attribute='name') | list ;; people | rejectattr('age', 'eq', 31) | list | length ;; people | selectattr('in') | list | length ;; people | selectattr('in', 'defined') | list | length ;; people | rejectattr('in.city', 'undefined') | list ;; people | selectattr | list ;; messages | selectattr('role', 'in', ['user']) | list | length
d | tojson ;; d | tojson(indent=2) ;; [1, 1.0, none, true, 'é"\n\x01', []] | tojson ;; [1, {'a': []}] | tojson(indent=4) ;; {'b': 1, 'a': 2} | tojson(sort_keys=true) ;; [1, {'a': 2}] | tojson(separators=(',', ':')) ;; 'é😀' | tojson(ensure_ascii=true) ;; x | tojson ;; {1: 2, none: 3, 1.5: 5} | tojson ;; (1, 2) | tojson ;; range(2) | tojson ;; {} | tojson(indent=2) ;; '<>&' | tojson ;; l | tojson(2)
lines | indent ;; lines | indent(2) ;; lines | indent(2, true) ;; lines | indent(2, blank=true) ;; lines | indent('> ') ;; lines | indent(width=1, first=true, blank=true) ;; 'a\n' | indent ;; '' | indent ;; none | indent
'<a href="x">\'&' | e ;; '<' | escape ;; '<b>' | safe ;; 5 | e ;; none | safe ;; [1, 2, 3, 4, 5] | batch(2) | list ;; [1, 2, 3] | batch(2, 'x') | list ;; [1, 2, 3, 4, 5] | slice(2) | list ;; [1, 2, 3, 4, 5] | slice(3, 'x') | list ;; [] | batch(2) | list
'foo bar baz qux' | truncate(9) ;; 'foo bar baz qux' | truncate(9, true) ;; 'foo bar' | truncate(5) ;; 'foo bar baz qux' | truncate(11, false, '..', 0) ;; 'x' | truncate(1) ;; 'one two, three' | wordcount ;; 'a b/c?d=é&' | urlencode ;; {'a b': 1, 'c': '/'} | urlencode ;; [('x', 'y')] | urlencode ;; 5 | urlencode
people | groupby('age') | map(attribute='grouper') | list ;; people | groupby('age') | map('first') | list ;; people | groupby('name') | map(attribute=0) | list ;; people | groupby('in.city', default='-') | map(attribute='list') | map('length') | list
'5' | int ;; '5.7' | int ;; 'x' | int ;; 'x' | int(7) ;; '0x1f' | int(base=16) ;; 5.9 | int ;; -5.9 | int ;; none | int ;; true | int ;; ' 12 ' | int ;; '1_0' | int ;; '' | int ;; l | int ;; x | int ;; '5' | float ;; 'x' | float ;; 'x' | float(1.5) ;; '1e3' | float ;; none | float ;; 3 | float ;; 'inf' | float ;; 'nan' | float
-5 | abs ;; -2.5 | abs ;; 'a' | abs ;; 2.5 | round ;; 3.5 | round ;; 42.55 | round(1) ;; 42.55 | round(1, 'floor') ;; 42.51 | round(1, 'ceil') ;; 42 | round ;; 2.675 | round(2) ;; 42.7 | round | int ;; 5 | round(method='ceil') ;; 2.5 | round(0, 'nosuch') ;; 1234 | round(-2)
5 | string ;; [1] | string ;; none | string ;; x | string ;; '%s is %d' | format('n', 5) ;; '%5.2f|%-5s|%05d|%x|%+d' | format(3.14159, 'ab', 42, 255, 3) ;; '%(a)s' | format(a=1) ;; '%s' % 5 ;; '%s %s' % (1, 2) ;; '%s' | format ;; '%d' | format('x') ;; '%%' | format ;; '%e %g %g' | format(12345.678, 0.00001, 123456789.0) ;; '%r' | format('a') ;; '%s' | format(1, 2)
'  ab '.strip() ;; '  ab '.lstrip() ~ '|' ;; '  ab '.rstrip() ~ '|' ;; 'xxabxy'.strip('xy') ;; 'xxab'.lstrip('x') ;; 'abxx'.rstrip('x') ;; '\u00a0a\u2003'.strip() ;; 'a'.strip(none)
'a,b,c'.split(',') ;; 'a,b,c'.split(',', 1) ;; ' a  b '.split() ;; ' a  b c '.split(none, 1) ;; 'a,b,c'.rsplit(',', 1) ;; ' a b  c '.rsplit(none, 1) ;; ''.split() ;; ''.split(',') ;; 'abc'.split('') ;; 'a--b'.split('--') ;; 'a,b,c'.split(',')[-1] ;; 'a,b'.split(sep=',', maxsplit=1) ;; 'aaaa'.rsplit('aa')
'a\nb\r\nc\n'.splitlines() ;; 'a\nb'.splitlines(true) ;; 'a=b=c'.partition('=') ;; 'a=b=c'.rpartition('=') ;; 'abc'.partition('=') ;; 'abc'.rpartition('=') ;; lines.splitlines() | length
s.startswith('He') ;; s.startswith(('x', 'He')) ;; s.endswith('ld') ;; s.endswith(('ld', 'x')) ;; s.startswith('W', 6) ;; s.startswith(5) ;; s.startswith(['He']) ;; s.startswith('') ;; s.endswith('lo', 0, 5)
s.replace('l', 'L') ;; s.replace('l', 'L', 1) ;; s.replace('', '-') ;; s.replace('l') ;; s.upper() ;; s.lower() ;; 'hello wORLD x1y'.title() ;; "they're".title() ;; 'hELLO'.capitalize() ;; ''.capitalize() ;; 'aB'.swapcase() ;; 'ß'.upper() ;; 'ß'.casefold() is string
s.find('o') ;; s.find('zz') ;; s.rfind('o') ;; s.index('o') ;; s.index('zz') ;; s.count('o') ;; s.count('') ;; s.find('o', 5) ;; s.find('o', -4) ;; s.find('') ;; 'aaaa'.count('aa') ;; s.rindex('o') ;; s.find('o', 0, 3)
', '.join(['a', 'b']) ;; ','.join([1]) ;; ''.join(w) ;; ','.join(d) ;; '5'.isdigit() ;; ''.isdigit() ;; '5a'.isdigit() ;; 'ab'.isalpha() ;; 'a b'.isalpha() ;; ' \n'.isspace() ;; 'AB'.isupper() ;; 'Ab'.isupper() ;; 'a1'.islower() ;; '1'.islower() ;; 'a1'.isalnum() ;; '²'.isdigit() ;; '½'.isnumeric() ;; 'é'.isascii()
'{} {}'.format(1, 'a') ;; '{1} {0}'.format(1, 2) ;; '{a}'.format(a=5) ;; '{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c') ;; '{:05d} {:.2f} {:,} {:x} {:+d}'.format(42, 3.14159, 1234567, 255, 5) ;; '{{}}'.format() ;; '{}'.format() ;; '{!r}'.format('a') ;; '{:*^7}'.format('ab') ;; '{'.format() ;; '{:d}'.format('a') ;; '{:.1%}'.format(0.256) ;; '{:e}'.format(1234.5) ;; '{:g}'.format(0.5)
'5'.zfill(3) ;; '-5'.zfill(4) ;; 'abc'.removeprefix('ab') ;; 'abc'.removesuffix('bc') ;; 'abc'.removeprefix('x') ;; 'a'.ljust(3) ~ '|' ;; 'a'.rjust(3, '-') ;; 'ab'.center(5, '*') ;; 'a'.center(4, '*') ;; 'abc'.removesuffix('') ;; 'x' | center(5)
d.get('a') ;; d.get('z') ;; d.get('z', 5) ;; d.get('a', 5) ;; d.keys() ;; d.values() ;; d.keys() | list ;; d.items() | list | length ;; d.keys()[0] ;; d.get() ;; d.pop('a') ;; d.update({}) ;; d.clear() ;; d.setdefault('a', 1) ;; l.append(4) ;; l.pop() ;; l.insert(0, 1) ;; l.sort() ;; l.reverse() ;; l.extend([1]) ;; l.remove(1) ;; l.clear()
l.index(1) ;; l.index(9) ;; l.count(3) ;; (1, 2).index(2) ;; (1, 1).count(1) ;; range(5).count(1) ;; l.copy() ;; d.copy() ;; l.append is defined ;; s.__class__ ;; s.__class__.__mro__ ;; l.__len__() ;; d.__class__ is defined ;; s.format.__globals__ ;; ''.__class__.__base__.__subclasses__()
range(3) | list ;; range() ;; range('a') ;; range(1000000) ;; range(1, 2, 0) ;; dict(a=1, b=2) ;; dict([('a', 1)]) ;; dict({'a': 1}, b=2) ;; dict(1) ;; namespace(a=1).a ;; namespace({'a': 1}).a ;; namespace(_a=1) ;; namespace(a=1) ;; namespace(a=1)['a'] ;; namespace().zz
raise_exception('no') ;; raise_exception() ;; n() ;; s() ;; nope() ;; nope | nosuch ;; s | upper(1) ;; range(3)(1) ;; [1, 2](0) ;; lipsum2() ;; d(1) ;; 'a'.upper | string is string
[1, 2, 3] | map('string') | join('+') ;; l | sort | first ;; l | sort | map('float') | list ;; (l | length) * 2 ;; l | length * 2 ;; -l | first ;; -n | abs ;; -(n | abs) ;; n | string ~ 'x' ;; 'a' ~ 'b' | upper ;; not e | length ;; [x, y] ;; ['%s' % s, s[:2]] ;; {'a': x}
dict(*[[('a', 1)]]) ;; range(*[1, 3]) | list ;; dict(**{'a': 1}) ;; range(*5) ;; 'a,b'.split(*[',']) ;; dict(a=1, a=2) ;; range(1, *[3]) | list ;; dict(**5) ;; s.replace(*('l', 'L'), **{})
1 2 ;; 'abc ;; [1, 2 ;; {1 2} ;; (1 ;; a.b. ;; a..b ;; 1 + ;; + ;; * ;; a ;; | a ;; 1 ;; not ;; if ;; a if ;; a is ;; a[ ;; a[] ;; [1][0, 0] ;; {'a' ;; {'a':} ;; @ ;; a ! b ;; $x ;; a.1b ;; 0123 ;; 1__0 ;; 'a\x4' ;; 1.e5 ;; 1.. ;; a.b(c=) ;; a(*) ;; a(b=1, 2) ;; ` ;; 1abc ;; é ;; é1 is defined ;; a := 1
"""


def expressions():
    """One case each; the rows are divided by ;;"""
    for row in EXPRESSIONS.strip().split("\n"):
        for expression in row.split(" ;; "):
            yield "{{ " + expression + " }}"


RAW = [
    # white space
    "a\n  {% if t %}\n  b\n  {% endif %}\nc\n", "a\n  {%- if t -%}\n  b\n  {%- endif -%}\nc\n", "a\n  {%+ if t +%}\n  b\n  {%+ endif %}\nc",
    "  {{ n }}  \n", "x {%- if t %} y {% endif -%} z", "a {{- n -}} b", "a\n{# c #}\nb", "a\n  {#- c -#}\n  b", "a\n  {# c #}  \nb", "{# a {% if %} {{ #}x",
    "{% if t %}\n\na{% endif %}\n\n", "line\r\n  {% if t %}\r\nx\rz{% endif %}", "{{ n }}\n{{ n }}\n", "{%- set x = 1 -%}  {{ x }}", "\n\n{{ n }}\n\n", " {% set x = 1 %} {{ x }}",
    "a{% raw %}{{ x }} {% if %}{% endraw %}b", "  {% raw -%}  {{ x }}  {%- endraw %}\n b", "{% raw %}\n{{ x }}\n{% endraw %}\nb", "{%raw%}{%endraw%}", "{% raw %}x", "{{ '}}' }}{{ '%}' }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}", "{{{'a': 1}}}", "{{ {'a': 1}}}", "{", "{ {x} }", "{{", "{%", "{#", "}} %} #}", "{{}}", "{% %}", "{{ n }", "{% if t }x", "{{ n -}}   x", "x   {{- n }}", "{#- x", "{#-#}a", "{#+#}\na",
    "{% if t %}{# x #}\n  {% endif %}", "   {# c #}   {% if t %}x{% endif %}", "a\n\t {% if t %}\t\nb{% endif %}", "{{ n }}  {% if t %}x{% endif %}", "\u00a0{%- if t %}x{% endif %}",
    # if
    "{% if n > 3 %}a{% elif n > 1 %}b{% else %}c{% endif %}", "{% if e %}a{% elif n %}b{% else %}c{% endif %}", "{% if x %}a{% endif %}", "{% if t %}{% set q = 1 %}{% endif %}{{ q }}", "{% if t %}a", "{% endif %}", "{% else %}",
    "{% if t %}a{% elif %}b{% endif %}", "{% if %}a{% endif %}", "{% if t: %}a{% endif %}", "{% if n, 0 %}a{% endif %}", "{% if t %}{% endfor %}", "{% if t %}a{% else %}b{% else %}c{% endif %}", "{% nosuch %}",
    # for
    "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }},{% endfor %}",
    "{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }};{% endfor %}", "{% for i in l %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in l %}{{ loop.cycle() }}{% endfor %}",
    "{% for i in [1,1,2] %}{{ loop.changed(i) }}{% endfor %}", "{% for i in l %}{{ i }}{% else %}none{% endfor %}", "{% for i in [] %}{{ i }}{% else %}none{% endfor %}", "{% for i in nope %}{{ i }}{% else %}none{% endfor %}",
    "{% for i in l if i > 1 %}{{ loop.index }}:{{ i }}/{{ loop.length }} {% endfor %}", "{% for i in l if i > 9 %}a{% else %}none{% endfor %}", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in d|items %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for (a, b) in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1,)] %}{% endfor %}",
    "{% for c in s %}{{ c }}.{% endfor %}", "{% for i in 5 %}{% endfor %}", "{% for i in none %}{% endfor %}", "{% for i in range(3) %}{% for j in range(2) %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}{{ loop.index }}{% endfor %}",
    "{% set x = 1 %}{% for i in l %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "{% for i in l %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "{% for i in l %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}x",
    "{% break %}", "{% for i in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}", "{% for i in l %}{{ i }}{% endfor %}{{ i }}", "{% for i in l %}{{ loop }}{% break %}{% endfor %}",
    "{% set ns = namespace(found=false) %}{% for m in messages if not ns.found %}{{ m.role }}{% set ns.found = true %}{% endfor %}", "{% for i in 1, 2 %}{{ i }}{% endfor %}", "{% for i in l[::-1] %}{{ i }}{% endfor %}", "{% for i in l|reverse %}{{ i }}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% for true in l %}{% endfor %}", "{% for i.x in l %}{% endfor %}", "{% for in l %}{% endfor %}", "{% for i l %}{% endfor %}", "{% for i in l %}", "{% for i in (l if t else []) %}{{ i }}{% endfor %}", "{% for i in l if t else [] %}{% endfor %}",
    "{% for m in messages %}{% if loop.index0 % 2 %}o{% else %}e{% endif %}{% if not loop.last %},{% endif %}{% endfor %}", "{% for p in people recursive2 %}{% endfor %}", "{% for i in l %}{% for j in l %}{% break %}{% else %}x{% endfor %}{{ i }}{% endfor %}",
    "{% for i in l %}{% set loop = 1 %}{{ loop }}{% endfor %}", "{% for i in l %}{{ loop.nosuch }}{% endfor %}", "{% set g = l|map('string') %}{% for i in g %}{{ i }}{% endfor %}|{% for i in g %}{{ i }}{% endfor %}", "{% set g = l|select('odd') %}{{ g|list }}{{ g|list }}{{ 1 if g else 0 }}",
    # set
    "{% set x = 5 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set (x, y) = [1, 2] %}{{ y }}{{ x }}", "{% set x = 1, 2 %}{{ x }}", "{% set x %}a{{ n }}b{% endset %}{{ x }}|{{ x|length }}", "{% set x | upper | trim %} ab {% endset %}{{ x }}",
    "{% set ns = namespace(a=1) %}{% set ns.a = ns.a + 1 %}{% set ns.b = 'x' %}{{ ns.a }}{{ ns.b }}{{ ns.c }}", "{% set ns = namespace() %}{% for i in l %}{% set ns.a = i %}{% endfor %}{{ ns.a }}", "{% set d.a = 1 %}", "{% set nope.a = 1 %}", "{% set ns = namespace() %}{% set ns._a = 1 %}",
    "{% set ns = namespace() %}{% set ns.a, x = 1, 2 %}{{ ns.a }}{{ x }}", "{% set x = %}", "{% set = 1 %}", "{% set 1 = 1 %}", "{% set x[0] = 1 %}", "{% set x %}a", "{% set none = 1 %}", "{% set x = 1 if e else 2 %}{{ x }}", "{% set ns = namespace() %}{% set ns.x %}abc{% endset %}{{ ns.x }}",
    "{% set messages = messages[1:] %}{{ messages|length }}", "{% set x = 'a' %}{% set x = x + 'b' %}{{ x }}", "{% set x = [1] %}{% set x = x + [2] %}{{ x }}", "{% set n = n + 1 %}{{ n }}", "{% set a = b = 1 %}", "{% set ns.x = 1 %}", "{% set range = 3 %}{{ range }}", "{% set x %}{% set y = 1 %}{% endset %}{{ y }}", "{% set a, b = 1 %}",
    # macro, call
    "{% macro m(a, b=2) %}{{ a }}-{{ b }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{{ n }}{% endcall %}", "{% macro m() %}[{{ caller(1, 2) }}]{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% call n %}{% endcall %}", "{% call n() %}{% endcall %}", "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(5) }}", "{% set g = 1 %}{% macro m() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ m() }}", "{% macro m() %}{% set q = 1 %}{% endmacro %}{{ m() }}{{ q }}", "{% macro m() %}  a  {% endmacro %}{{ m()|trim }}|", "{% macro m(x) %}{{ x }}{% endmacro %}{{ l|map('string')|map('upper')|join }}{{ m(m(1)) }}",
    "{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "{{ m() }}{% macro m() %}x{% endmacro %}", "{% macro m(a, a) %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{% macro m() %}", "{% macro m() %}x{% endmacro %}{{ m is callable }}{{ m() is string }}{{ m()|length }}", "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}", "{% macro m(a=none) %}{{ a is none }}{% endmacro %}{{ m() }}",
    # filter, with, print, generation
    "{% filter upper %}a{{ s }}{% endfilter %}", "{% filter replace('a', 'b')|upper %}banana{% endfilter %}", "{% filter nosuch %}{% endfilter %}", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}", "{% with n = n + 1 %}{{ n }}{% endwith %}{{ n }}", "{% print n, s %}",
    "{% generation %}a{{ n }}{% endgeneration %}b", "{% generation %}{% set q = 1 %}{% endgeneration %}{{ q }}", "{% for m in messages %}{%- if m.role == 'assistant' -%}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}", "{% for i in l %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set _ = c.reset() %}{{ c.next() }}", "{% set j = joiner('|') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}",
    "{{ strftime_now('%d %b %Y')|length }}", "{{ 1 if }}", "{{ raise_exception('Roles must alternate') }}", "{% if n %}{{ raise_exception('a ' ~ n) }}{% endif %}", "{{ nope.x }}", "{{ d.x.y }}", "a\nb\n{{ 1/0 }}", "{{ n | }}", "{{ [1,2][}} ", "{{ (1,2] }}", "{{ ) }}",
]
