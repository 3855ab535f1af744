// The classes that orchestra.pkg binds; small, so that the host proves the generated bindings work.
#pragma once
#include <cstdio>
#include <cstring>
#include <string>

#include <tolua++.h>

enum Section { STRINGS = 1, BRASS, PERCUSSION = 10 };
#define MAX_PLAYERS 32

struct Point { double x; double y; };

class Player {
public:
    Player(const char* name, int age = 20) : age(age), id(++total), label(name) {}
    Player(const Player& other) : age(other.age), id(++total), label(other.label) {}
    virtual ~Player() { --total; }
    const char* name() const { return label.c_str(); }
    void rename(const char* name) { label = name; }
    double play(double volume, bool loud = false) { return loud ? volume * 2 : volume; }
    virtual int skill() const { return age; }
    static int count() { return total; }
    Player operator+(const Player& other) const { return Player((label + "+" + other.label).c_str(), age + other.age); }
    bool operator==(const Player& other) const { return label == other.label; }
    bool operator<(const Player& other) const { return age < other.age; }
    int operator[](int index) { return index * age; }
    int age;
    int id;

private:
    std::string label;
    static int total;
};

class Soloist : public Player {
public:
    Soloist(const char* name, Section section) : Player(name, 40), section(section), where(), marks() {}
    int skill() const { return 100 + section; }
    Section section;
    Point where;
    int marks[4];
};

namespace music {
inline int transpose(int note, int steps = 12) { return note + steps; }
inline const char* describe(Player* player) { return player ? player->name() : "nobody"; }
inline void divide(int a, int b, int* quotient, int* rest) { *quotient = a / b; *rest = a % b; }
}

inline int add(int a, int b) { return a + b; }
inline lua_Object same(lua_Object value) { return value; }

template <class T> class Box {
public:
    Box() : value() {}
    T get() { return value; }
    void set(T v) { value = v; }

private:
    T value;
};
